package io.k3j.launcher;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Virtual threads run although each carrier is kept by one that waits in the initializer of a class.
class CarriersTest {
    private static final Carriers.Pace QUICK = new Carriers.Pace(20, 50, 20);
    private static final long LIMIT_SECONDS = 300;
    /// So many get an added carrier and keep it too.
    private static final int MORE = 3;

    private final VirtualThreadSchedulerMXBean scheduler = ManagementFactory
            .getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    private final int before = scheduler.getParallelism();

    /// What initializers wait for; public, as each is in the package of another loader.
    public static final class Gate {
        public static final CountDownLatch ENTERED = new CountDownLatch(
                ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class).getParallelism());
        public static final CountDownLatch OPEN = new CountDownLatch(1);

        private Gate() {
        }
    }

    /// Keeps the carrier of the one that initializes it.
    static final class Keeping {
        static {
            Gate.ENTERED.countDown();
            try {
                Gate.OPEN.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private Keeping() {
        }
    }

    private static final class ChildFirst extends ClassLoader {
        ChildFirst() {
            super(CarriersTest.class.getClassLoader());
        }

        void initialize() {
            String name = Keeping.class.getName();
            try (InputStream in = Objects.requireNonNull(getResourceAsStream(name.replace('.', '/') + ".class"))) {
                byte[] bytes = in.readAllBytes();
                defineClass(name, bytes, 0, bytes.length);
                Class.forName(name, true, this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
    }

    @AfterEach
    void restore() {
        Gate.OPEN.countDown();
        scheduler.setParallelism(before);
    }

    @Test
    void addsCarriersUntilAnotherRunsAndTakesThemBack() throws InterruptedException {
        for (int i = 0; i < before + MORE; i++) {
            Thread.ofVirtual().start(() -> new ChildFirst().initialize());
        }
        assertThat(Gate.ENTERED.await(LIMIT_SECONDS, SECONDS)).as("all carriers taken").isTrue();
        CountDownLatch ran = new CountDownLatch(1);
        Thread.ofVirtual().start(ran::countDown);
        try (Carriers _ = Carriers.watched(QUICK)) {
            assertThat(ran.await(LIMIT_SECONDS, SECONDS)).as("another virtual thread runs").isTrue();
            assertThat(scheduler.getParallelism()).isGreaterThan(before + MORE);
            Gate.OPEN.countDown();
            assertThat(within(() -> scheduler.getParallelism() == before)).as("carriers taken back").isTrue();
        }
    }

    private static boolean within(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + SECONDS.toNanos(LIMIT_SECONDS);
        boolean met = condition.getAsBoolean();
        while (!met && System.nanoTime() - end < 0 && !never.await(QUICK.everyMillis(), MILLISECONDS)) {
            met = condition.getAsBoolean();
        }
        return met;
    }
}
