package io.k3j.bootitest;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// What a bundle of somebody else's does: it says that it runs.
public final class Announcing implements BundleActivator {
    /// Made by the framework.
    public Announcing() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        say("runs", context);
    }

    @Override
    public void stop(BundleContext context) {
        say("ends", context);
    }

    private static void say(String what, BundleContext context) {
        System.getLogger("com.acme").log(System.Logger.Level.WARNING,
                context.getBundle().getSymbolicName() + " " + what + " version=" + context.getBundle().getVersion());
    }
}
