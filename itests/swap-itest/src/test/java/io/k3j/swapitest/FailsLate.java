package io.k3j.swapitest;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// What is added to a jar of the product: it is well for twenty seconds, then it has stopped.
public final class FailsLate implements BundleActivator {
    /// How long it is well.
    static final long SECONDS = 20;
    private final CountDownLatch over = new CountDownLatch(1);

    /// Made by the framework.
    public FailsLate() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        HealthScope scope = context.getService(context.getServiceReference(Health.class)).scope("fails-late");
        scope.ok();
        Thread.ofVirtual().name("fails-late").start(() -> {
            try {
                if (!over.await(SECONDS, TimeUnit.SECONDS)) {
                    scope.report(HealthLevel.STOPPED, "on purpose");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void stop(BundleContext context) {
        over.countDown();
    }
}
