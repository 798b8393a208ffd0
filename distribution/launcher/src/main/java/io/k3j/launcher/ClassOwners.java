package io.k3j.launcher;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.connect.FrameworkUtilHelper;

/// Answers `FrameworkUtil.getBundle(Class)` for classes of the class path and of the jars beside it, by their package.
/// The OSGi API makes an instance through `ServiceLoader`, so the answer has to be found through a static field: the
/// one place where this is so, set once per process by [Platform].
public final class ClassOwners implements FrameworkUtilHelper {
    private static volatile Owners current = new Owners(null, Map.of(), Set.of());

    /// Used by `ServiceLoader`.
    public ClassOwners() {
        // stateless
    }

    static void use(BundleContext context, BundleIndex index, Set<ClassLoader> apart) {
        Map<String, String> locations = new HashMap<>();
        for (BundleIndex.Entry bundle : index.bundles()) {
            bundle.packages().forEach(name -> locations.put(name, bundle.location()));
        }
        current = new Owners(context, locations, apart);
    }

    @Override
    public Optional<Bundle> getBundle(Class<?> type) {
        Owners owners = current;
        ClassLoader loader = type.getClassLoader();
        BundleContext context = owners.context;
        if (context == null || loader != ClassOwners.class.getClassLoader() && !owners.apart.contains(loader)) {
            return Optional.empty();
        }
        String location = owners.locations.get(type.getPackageName());
        return location == null ? Optional.empty() : Optional.ofNullable(context.getBundle(location));
    }

    private static final class Owners {
        private final @Nullable BundleContext context;
        private final Map<String, String> locations;
        private final Set<ClassLoader> apart;

        Owners(@Nullable BundleContext context, Map<String, String> locations, Set<ClassLoader> apart) {
            this.context = context;
            this.locations = locations;
            this.apart = apart;
        }
    }
}
