package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits with a time limit that is seldom reached, for many virtual threads at once. A virtual thread that parks for a
/// time has the JDK's one timer thread woken twice, when it parks and when it is unparked early; that costs a tenth of
/// a whole write. Who waits here parks without a time, and one loop looks every 50 ms at those who wait.
///
/// ```
/// caller ─► ends ─► parked ─► unparked, interrupted
///             │        └───── unparked by the loop: its time is over
///             └─► woken: the loop, when nobody waited before
/// ```
///
/// A wait may end up to 50 ms late. Before [#start] and after [#close] each has a timer of its own. Bounded by the
/// threads that wait: each has one entry.
///
/// **Threads.** Any; [#park] blocks, and [#close] for a moment.
public final class Deadlines implements AutoCloseable {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration STOP = Duration.ofSeconds(1);
    private final Map<Thread, Long> ends = new ConcurrentHashMap<>();
    private final SupervisedLoop loop;
    private volatile boolean running;
    /// The loop's thread while it waits for somebody to wait.
    private volatile @Nullable Thread asleep;

    /// Not started.
    ///
    /// @param health where a failure of the loop is reported
    /// @param name of its thread; one loop of a process has it
    public Deadlines(Health health, String name) {
        loop = SupervisedLoop.virtual(health, name, this::watch);
    }

    /// Begins, once.
    public void start() {
        running = true;
        loop.start();
    }

    /// As [LockSupport#parkNanos(Object, long)]: returns when this thread is unparked or interrupted, when the time is
    /// over, or for no reason; the caller looks which.
    ///
    /// @param blocker what is waited for
    /// @param nanos how long at most
    public void park(Object blocker, long nanos) {
        Thread waiter = Thread.currentThread();
        ends.put(waiter, System.nanoTime() + nanos);
        try {
            if (running) {
                LockSupport.unpark(asleep);
                LockSupport.park(blocker);
            } else {
                LockSupport.parkNanos(blocker, nanos);
            }
        } finally {
            ends.remove(waiter);
        }
    }

    private void watch() throws InterruptedException {
        while (running) {
            if (ends.isEmpty()) {
                sleep();
            } else {
                LockSupport.parkNanos(this, TICK);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("the deadlines are to end");
            }
            long now = System.nanoTime();
            ends.forEach((waiter, end) -> {
                if (end - now <= 0) {
                    LockSupport.unpark(waiter);
                }
            });
        }
    }

    /// Looks once more between saying that it sleeps and sleeping.
    private void sleep() {
        asleep = Thread.currentThread();
        if (ends.isEmpty() && running) {
            LockSupport.park(this);
        }
        asleep = null;
    }

    /// Ends the loop, and waits for that, a second at most; who waits here goes on with a timer of its own.
    @Override
    public void close() {
        running = false;
        loop.stop(STOP);
        ends.keySet().forEach(LockSupport::unpark);
    }
}
