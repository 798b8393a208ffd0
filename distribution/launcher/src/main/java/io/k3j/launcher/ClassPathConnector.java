package io.k3j.launcher;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/// Tells the framework which locations are shipped bundles, on the class path or apart from it. Any other location is
/// an ordinary bundle with a jar and a class loader of its own.
final class ClassPathConnector implements ModuleConnector {
    private final Map<String, ConnectModule> byLocation = new LinkedHashMap<>();

    /// `apart` has the class loader of each group of jars that are not on the class path.
    ClassPathConnector(BundleIndex index, Home home, Map<String, ClassLoader> apart) {
        for (BundleIndex.Entry entry : index.bundles()) {
            byLocation.put(entry.location(), entry.apart()
                    ? new ApartBundle(entry, home.apart(entry.group()),
                            Objects.requireNonNull(apart.get(entry.group())))
                    : new ClassPathBundle(entry));
        }
    }

    @Override
    public void initialize(File storage, Map<String, String> configuration) {
        // nothing depends on the storage
    }

    @Override
    public Optional<ConnectModule> connect(String location) {
        return Optional.ofNullable(byLocation.get(location));
    }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
        return Optional.empty();
    }
}
