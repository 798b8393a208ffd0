package io.k3j.featuresitest;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// A bundle whose start throws.
public final class Throwing implements BundleActivator {
    /// Made by the framework.
    public Throwing() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("broken on purpose");
    }

    @Override
    public void stop(BundleContext context) {
        // nothing to stop
    }
}
