package io.k3j.componentbase;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// A condition variable: wakes threads whose condition may have changed. Any thread. A virtual thread that waits
/// keeps no carrier.
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();

    /// One for which nobody waits yet.
    public Signal() {
    }

    /// Wakes all waiting threads.
    public void raise() {
        lock.lock();
        try {
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `wanted` is true; it is evaluated again after each signal, and must not block. Returns true on
    /// timeout. Returns false when the condition holds, and also when the thread is interrupted, which stays to be
    /// seen: it should end then.
    public boolean await(BooleanSupplier wanted, long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!wanted.getAsBoolean()) {
                if (left <= 0) {
                    return true;
                }
                left = raised.awaitNanos(left);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
