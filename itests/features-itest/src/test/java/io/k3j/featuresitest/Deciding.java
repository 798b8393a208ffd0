package io.k3j.featuresitest;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// A bundle that has a say in requests, by the name of its service.
public final class Deciding implements BundleActivator, ServiceFactory<Object> {
    /// Made by the framework.
    public Deciding() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        context.registerService("io.k3j.apiserverapi.Admission", this, null);
    }

    @Override
    public void stop(BundleContext context) {
        // its service goes with it
    }

    @Override
    public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
        return this;
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<Object> registration, Object service) {
        // nothing was made
    }
}
