package io.k3j.componentbase;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls of another bundle's service, each on a thread of its own, so that one that does not come back costs who asked
/// a time that is known, and nothing more. A call that is late is interrupted and left; it counts as under way until it
/// ends. Any thread.
///
/// Those are threads of the operating system: a call that computes without an end would keep a carrier of virtual
/// threads, on which everything else of this process runs.
public final class LimitedCalls {
    /// How long threads wait for the next call.
    private static final long IDLE_SECONDS = 2;
    private final ThreadPoolExecutor threads;

    /// Has no thread yet, and none any more two seconds after the last call.
    ///
    /// @param name of the threads, 15 characters at most
    /// @param most how many calls may be under way
    public LimitedCalls(String name, int most) {
        threads = new ThreadPoolExecutor(0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).factory());
    }

    /// Waits for the answer, `limit` at most.
    ///
    /// @throws TimeoutException when there is none then; its message and the next one's are what follows the name of
    ///         who was asked
    /// @throws RejectedExecutionException when as many calls as may be are under way: nothing was asked
    /// @throws ExecutionException with what the call has thrown
    /// @throws InterruptedException when who waits is interrupted; the call is, too
    public <T> T call(Callable<T> work, Duration limit)
            throws ExecutionException, InterruptedException, TimeoutException {
        FutureTask<T> task = new FutureTask<>(work);
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            throw new RejectedExecutionException("has " + threads.getMaximumPoolSize() + " calls under way", e);
        }
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            TimeoutException late = new TimeoutException("has not come back after " + limit.toSeconds() + " s");
            late.initCause(e);
            throw late;
        } finally {
            task.cancel(true);
        }
    }
}
