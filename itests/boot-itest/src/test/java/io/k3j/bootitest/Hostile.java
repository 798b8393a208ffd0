package io.k3j.bootitest;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// A bundle that costs others as much as it can, as its version says: `1` ends the process, `2` computes without an end
/// on a platform thread, `3` on a virtual one, `4` never comes back from its start, `5` never comes back when it is
/// asked about a write of the ConfigMap `held`.
public final class Hostile implements BundleActivator {
    /// Made by the framework.
    public Hostile() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) throws InterruptedException {
        switch (context.getBundle().getVersion().getMajor()) {
            case 1 -> Thread.ofPlatform().name("hostile-exit").start(() -> System.exit(0));
            case 2 -> Thread.ofPlatform().name("hostile-spin").daemon().start(Hostile::compute);
            case 3 -> Thread.ofVirtual().name("hostile-virtual").start(Hostile::compute);
            case 4 -> new CountDownLatch(1).await();
            default -> context.registerService("io.k3j.apiserverapi.Admission", Holding.make(),
                    new Hashtable<>(Map.of("order", 10_000)));
        }
    }

    @Override
    public void stop(BundleContext context) {
        // its threads go on, unless they are interrupted
    }

    private static void compute() {
        long sum = 0;
        while (!Thread.currentThread().isInterrupted()) {
            sum += Long.hashCode(sum + 1);
        }
    }
}
