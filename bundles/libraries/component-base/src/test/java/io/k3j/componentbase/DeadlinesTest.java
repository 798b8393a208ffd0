package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long LONG = TimeUnit.HOURS.toNanos(1);
    private final Deadlines deadlines = new Deadlines(new NoHealth(), "deadlines");

    /// Nobody reads it.
    private static final class NoHealth implements Health {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    throw new AssertionError(message);
                }

                @Override
                public void close() {
                    // nothing was said
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    }

    @AfterEach
    void close() {
        deadlines.close();
    }

    /// Waits until something holds or the time is over.
    private Thread waiting(long nanos, AtomicBoolean over) {
        return Thread.ofVirtual().start(() -> {
            long end = System.nanoTime() + nanos;
            while (!over.get() && end - System.nanoTime() > 0) {
                deadlines.park(this, end - System.nanoTime());
            }
        });
    }

    @Test
    void everyWaitEndsWhenItsTimeIsOver() throws InterruptedException {
        deadlines.start();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            waiters.add(waiting(TimeUnit.MILLISECONDS.toNanos(i), new AtomicBoolean()));
        }
        for (Thread waiter : waiters) {
            assertThat(waiter.join(PATIENCE)).isTrue();
        }
        // nobody waits now: the loop has to be woken for the next one
        assertThat(waiting(1, new AtomicBoolean()).join(PATIENCE)).isTrue();
    }

    @Test
    void whoIsUnparkedWaitsNoLonger() throws InterruptedException {
        deadlines.start();
        AtomicBoolean over = new AtomicBoolean();
        Thread waiter = waiting(LONG, over);
        over.set(true);
        LockSupport.unpark(waiter);
        assertThat(waiter.join(PATIENCE)).isTrue();
    }

    @Test
    void aWaitEndsInTimeThoughTheLoopHasEndedMeanwhile() throws InterruptedException {
        deadlines.start();
        Thread waiter = waiting(TimeUnit.MILLISECONDS.toNanos(100), new AtomicBoolean());
        deadlines.close();
        assertThat(waiter.join(PATIENCE)).isTrue();
        assertThat(waiting(1, new AtomicBoolean()).join(PATIENCE)).isTrue();
    }
}
