package io.k3j.componentbase;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/// The end of threads that are stopped from outside: they are interrupted and awaited, since what writes on after its
/// stop writes into what its successor has begun. A stop has to end whatever its threads wait for, so what goes on
/// beyond the limit is named in one warning and left.
///
/// **Threads.** Any thread may call. One that is stopped by itself is interrupted and not awaited. **Blocking.** For
/// the limit at most. An interrupt of the caller does not cut it short: who closes what it owns has often been
/// interrupted itself. The flag is there again afterwards.
public final class Termination {
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");

    private Termination() {
    }

    private interface Wait {
        boolean ended(long nanos) throws InterruptedException;
    }

    /// Interrupts a thread and waits for its end; one that was never started has ended.
    ///
    /// @param limit how long at most
    public static void of(Thread thread, Duration limit) {
        thread.interrupt();
        if (thread != Thread.currentThread()) {
            await(thread.getName(), limit,
                    nanos -> thread.getState() == Thread.State.NEW || thread.join(Duration.ofNanos(nanos)));
        }
    }

    /// Interrupts all threads of an executor, which takes no further tasks, and waits for their end. Not to be called
    /// by one of its tasks, which would wait for itself until the limit.
    ///
    /// @param name of the threads, for the log
    /// @param limit how long at most, for all together
    public static void of(ExecutorService threads, String name, Duration limit) {
        threads.shutdownNow();
        await(name, limit, nanos -> threads.awaitTermination(nanos, TimeUnit.NANOSECONDS));
    }

    private static void await(String name, Duration limit, Wait wait) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = Thread.interrupted();
        boolean waiting = true;
        while (waiting) {
            try {
                if (!wait.ended(Math.max(0, end - System.nanoTime()))) {
                    LOG.log(System.Logger.Level.WARNING, "Thread goes on after its stop thread={0}", name);
                }
                waiting = false;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
