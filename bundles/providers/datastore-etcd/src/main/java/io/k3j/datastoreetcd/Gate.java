package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Admits calls until it is closed or refuses them, and waits for the last one to finish. Thread-safe.
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int inside;
    private volatile boolean closed;
    /// Why nothing is admitted any more; empty for as long as calls are.
    private volatile String refusal = "";

    /// @throws DatastoreUnavailable when closed, or refused
    void enter() {
        lock.lock();
        try {
            check();
            inside++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Admits nothing from now on, for a reason that callers are told.
    void refuse(String why) {
        refusal = why;
    }

    /// @throws DatastoreUnavailable when closed, or refused
    void check() {
        String why = refusal;
        if (!why.isEmpty()) {
            throw new DatastoreUnavailable(why, new IllegalStateException("refused"), false);
        }
        if (closed) {
            throw new DatastoreUnavailable("the datastore is shutting down", new IllegalStateException("closed"),
                    false);
        }
    }

    boolean closed() {
        return closed;
    }

    /// Waits, for a shorter time when it is closed meanwhile. An interrupt ends the wait and is restored.
    void pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Admits no more commits and waits for those in progress, for `atMost` at the longest.
    void close(Duration atMost) {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long left = atMost.toNanos();
            while (inside > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
