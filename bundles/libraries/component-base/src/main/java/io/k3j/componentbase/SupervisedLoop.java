package io.k3j.componentbase;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A thread of a component whose work goes on until it is closed, and which never ends unnoticed. When the work throws,
/// a health report with the name of the loop says [HealthLevel#STOPPED] with the kind of the exception, the log has the
/// exception itself, and the work begins again: after a second, after each further failure twice as long, at most a
/// minute. The report is withdrawn when the work has gone on for as long as it was waited before it.
///
/// ```
///   running ──throws──► stopped ──pause──► running ──as long as the pause──► report withdrawn
///      └── returns, is interrupted or was closed: over
/// ```
///
/// Work may be cut short anywhere, so it has to be able to begin again. Loops without which the API is not to be asked
/// have names that begin with `apiserver-` or `datastore-`: `/readyz` names those that are stopped.
///
/// **Threads.** One for the work; after a failure a second one until the report is withdrawn. Any thread may call; only
/// [#join] and [#stop] block.
public final class SupervisedLoop implements AutoCloseable {
    /// The pause after the first failure, and after one that came later than the longest pause.
    private static final long FIRST_MILLIS = 1_000;
    /// Also how long work has to last to count as sound, so that its next failure begins with the first pause again.
    private static final long LONGEST_MILLIS = 60_000;
    private static final System.Logger LOG = System.getLogger("io.k3j.componentbase");
    private final Health health;
    private final String name;
    private final Work work;
    private final Thread thread;
    private final long first;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// There while the loop is said to be stopped; guarded by [#lock], as the two below it are.
    private @Nullable HealthScope report;
    /// Names a failure: who waits for a report to be withdrawn sees by it that another failure has come in between.
    private long failures;
    private boolean closed;

    /// What a loop does.
    @FunctionalInterface
    public interface Work {
        /// Goes on until it is told to end; called again when it throws, on the same thread. Whatever it holds
        /// (connections, locks) it has to give back itself before it throws.
        ///
        /// @throws InterruptedException to end for good
        void run() throws InterruptedException;
    }

    /// For tests, which do not wait seconds.
    ///
    /// @param first the first pause, in milliseconds
    SupervisedLoop(Health health, String name, Thread.Builder thread, Work work, long first) {
        this.health = health;
        this.name = name;
        this.work = work;
        this.first = first;
        this.thread = thread.name(name).unstarted(this::run);
    }

    /// On a virtual thread, not started: for work that waits most of the time.
    ///
    /// @param health where a failure is reported
    /// @param name of thread and report; one loop of a process has it
    /// @param work what is called again and again
    public static SupervisedLoop virtual(Health health, String name, Work work) {
        return new SupervisedLoop(health, name, Thread.ofVirtual(), work, FIRST_MILLIS);
    }

    /// On a daemon thread of the operating system, not started: for work that computes, or waits in native code, where
    /// it would hold the carrier of a virtual thread.
    ///
    /// @param health where a failure is reported
    /// @param name of thread and report; one loop of a process has it
    /// @param work what is called again and again
    public static SupervisedLoop platform(Health health, String name, Work work) {
        return new SupervisedLoop(health, name, Thread.ofPlatform().daemon(), work, FIRST_MILLIS);
    }

    /// Begins, once.
    ///
    /// @return this
    /// @throws IllegalThreadStateException at the second time
    public SupervisedLoop start() {
        thread.start();
        return this;
    }

    private void run() {
        long pause = 0;
        try {
            while (!closed()) {
                long begun = System.nanoTime();
                try {
                    work.run();
                    return;
                } catch (RuntimeException | Error e) {
                    boolean lasted = System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
                    pause = pause == 0 || lasted ? first : Math.min(2 * pause, LONGEST_MILLIS);
                    survived(e, pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            withdraw(failures);
        }
    }

    /// The work begins anew even where its failure cannot be told: no memory is left for the words, or the bundle of
    /// the log or of the reports has gone.
    private void survived(Throwable why, long pause) throws InterruptedException {
        try {
            failed(why, pause);
        } catch (RuntimeException | Error untold) {
            await(number(), pause);
        }
    }

    private long number() {
        lock.lock();
        try {
            return failures;
        } finally {
            lock.unlock();
        }
    }

    /// Waits out the pause on the loop's own thread. The second thread outlives it, since the work has the first one by
    /// then.
    private void failed(Throwable why, long pause) throws InterruptedException {
        if (closed()) {
            LOG.log(System.Logger.Level.DEBUG, "Worker ended while stopping worker=" + name, why);
            return;
        }
        LOG.log(System.Logger.Level.ERROR,
                "Worker ended unexpectedly, restarting worker=" + name + " seconds=" + pause / 1_000,
                why);
        long number = stopped(why.getClass().getName(), pause);
        if (await(number, pause)) {
            Thread.ofVirtual().name(name + "-proves").start(() -> proves(number, pause));
        }
    }

    /// The report names the kind of exception only: its message may hold what must not be shown (paths, endpoints), and
    /// reports are read by more people than the log.
    ///
    /// @return which failure this is
    private long stopped(String kind, long pause) {
        lock.lock();
        try {
            HealthScope scope = report == null ? health.scope(name) : report;
            report = scope;
            scope.report(HealthLevel.STOPPED,
                    "ended by " + kind + ", begins anew in " + pause / 1_000 + " s; the log has the details");
            return ++failures;
        } finally {
            lock.unlock();
        }
    }

    /// Whether it had not failed again, and was not closed, when the time was over.
    private boolean await(long number, long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (!closed && failures == number && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closed && failures == number;
        } finally {
            lock.unlock();
        }
    }

    private void proves(long number, long pause) {
        try {
            if (await(number, pause) && withdraw(number)) {
                LOG.log(System.Logger.Level.INFO, "Worker running again worker={0}", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Gives up the report of one failure, unless a later one has taken it over.
    private boolean withdraw(long number) {
        lock.lock();
        try {
            HealthScope scope = report;
            if (scope == null || failures != number) {
                return false;
            }
            report = null;
            scope.close();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// The work does not begin again; it is not interrupted, and has its own way to hear that it should end. What it
    /// throws after this is logged at DEBUG and not reported. May be called again, and before [#start].
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// As [#close], and interrupts the work: for work that waits with no other way to be told.
    public void interrupt() {
        close();
        thread.interrupt();
    }

    /// As [#interrupt], and waits until the work has ended, so that it writes no more when this returns. What goes on
    /// beyond the limit is logged and left. The work itself may call: then it is not waited for.
    ///
    /// @param limit how long at most
    public void stop(Duration limit) {
        close();
        Termination.of(thread, limit);
    }

    /// Waits until it has ended; a loop that was never started has.
    ///
    /// @param millis how long at most
    /// @return whether it has, within `millis`
    /// @throws InterruptedException when the caller is to stop; the loop goes on
    public boolean join(long millis) throws InterruptedException {
        return thread.getState() == Thread.State.NEW || thread.join(Duration.ofMillis(millis));
    }
}
