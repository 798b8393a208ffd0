package io.k3j.gogo;

import java.util.Arrays;
import java.util.Comparator;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/// Bundles as people name them: by their number, or their symbolic name. Of several generations that bear one the one
/// that runs is meant.
final class BundleConverter implements Converter {
    private final BundleContext context;

    BundleConverter(BundleContext context) {
        this.context = context;
    }

    @Override
    public @Nullable Object convert(Class<?> desiredType, Object in) {
        return desiredType == Bundle.class ? bundle(in.toString()) : null;
    }

    private @Nullable Bundle bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(Long.toString(bundle.getBundleId()))
                        || name.equals(bundle.getSymbolicName()))
                .max(Comparator.comparingInt(Bundle::getState)).orElse(null);
    }

    @Override
    public @Nullable CharSequence format(Object target, int level, Converter escape) {
        return target instanceof Bundle bundle
                ? bundle.getBundleId() + " " + bundle.getSymbolicName() + " " + bundle.getVersion()
                : null;
    }
}
