package io.k3j.featuresitest;

import io.k3j.componentapi.Health;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/// A bundle that does, once it is told to go on, what its version says: `1` ends the process by a call, `2` by a method
/// reference, `3` computes on a platform thread, `4` on a virtual one, `5` leaves a thread behind that listens to
/// interrupts, `6` one that does not, `7` starts more threads than it may, `8` decides about requests and ends the
/// process by a call, `9` decides and computes, `10` does what `8` does and does not come back from its stop.
public final class Misbehaving implements BundleActivator, ServiceFactory<Object> {
    /// The system property that lets it begin.
    static final String GO = "k3j.test.go";
    /// The system property that lets its threads end.
    static final String OVER = "k3j.test.over";
    private static final long LOOK_MILLIS = 20;
    private static final int MANY = 250;
    private static final int DECIDES = 8;
    private static final int STAYS = 10;

    /// Made by the framework.
    public Misbehaving() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        int what = context.getBundle().getVersion().getMajor();
        // names as those that say that a bundle is at fault once were
        Health health = context.getService(context.getServiceReference(Health.class));
        health.scope("call").ok();
        health.scope("System.exit").degraded("a word of its own");
        if (what >= DECIDES) {
            context.registerService("io.k3j.apiserverapi.Admission", this, null);
        }
        Runnable task = () -> {
            await(GO, true);
            misbehave(what);
        };
        if (what == 4) {
            Thread.ofVirtual().name("misbehaves").start(task);
        } else {
            Thread.ofPlatform().name("misbehaves").daemon().start(task);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // its threads go on
        if (context.getBundle().getVersion().getMajor() == STAYS) {
            await(OVER, false);
        }
    }

    @Override
    public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
        return this;
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<Object> registration, Object service) {
        // nothing was made
    }

    private static void misbehave(int what) {
        switch (what) {
            case 1, DECIDES, STAYS -> Runtime.getRuntime().exit(3);
            case 2 -> {
                IntConsumer end = System::exit;
                end.accept(3);
            }
            case 5 -> await(OVER, true);
            case 6 -> await(OVER, false);
            case 7 -> {
                for (int i = 0; i < MANY; i++) {
                    Thread.ofPlatform().name("misbehaves-" + i).daemon().start(() -> await(OVER, true));
                }
            }
            default -> compute();
        }
    }

    /// As code does that does not think of its end.
    private static void compute() {
        long sum = 0;
        while (!Boolean.getBoolean(OVER)) {
            sum += Long.hashCode(sum + 1);
        }
    }

    private static void await(String property, boolean interruptible) {
        CountDownLatch never = new CountDownLatch(1);
        while (!Boolean.getBoolean(property)) {
            try {
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                if (interruptible) {
                    return;
                }
            }
        }
    }
}
