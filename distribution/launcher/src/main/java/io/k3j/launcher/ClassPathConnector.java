package io.k3j.launcher;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/// Tells the framework which locations are base bundles. Any other location is an ordinary bundle with a
/// jar and a class loader of its own.
final class ClassPathConnector implements ModuleConnector {
    private final Map<String, ClassPathBundle> byLocation = new LinkedHashMap<>();

    ClassPathConnector(BundleIndex index) {
        for (BundleIndex.Entry entry : index.bundles()) {
            byLocation.put(entry.location(), new ClassPathBundle(entry));
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
