package io.k3j.featuresitest;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// A bundle whose start does not care about interrupts and comes back only when the test is over.
public final class Blocking implements BundleActivator {
    /// The system property that lets it come back.
    static final String OVER = "k3j.test.start.over";
    private static final long LOOK_MILLIS = 100;

    /// Made by the framework.
    public Blocking() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        CountDownLatch never = new CountDownLatch(1);
        while (!Boolean.getBoolean(OVER)) {
            try {
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // as code does that does not think of its end
            }
        }
    }

    @Override
    public void stop(BundleContext context) {
        // nothing to stop
    }
}
