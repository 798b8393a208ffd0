package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets commits in until it is closed, and knows when the last one is out.
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private int inside;
    private volatile boolean closed;

    /// @throws DatastoreUnavailable when closed
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
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @throws DatastoreUnavailable when closed
    void check() {
        if (closed) {
            throw new DatastoreUnavailable("the datastore is shutting down", new IllegalStateException("closed"),
                    false);
        }
    }

    boolean closed() {
        return closed;
    }

    /// Waits a while, less when it is closed meanwhile. An interrupt is kept and ends the wait.
    void pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Lets nobody in any more and waits for those who are.
    void close(Duration atMost) {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
            long left = atMost.toNanos();
            while (inside > 0 && left > 0) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
