package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The datastore service in use. Declarative Services may replace it while threads wait for it. Thread-safe.
final class CurrentDatastore implements AutoCloseable {
    private static final long NANOS = 1_000_000;
    private @Nullable Datastore current;
    private boolean closed;

    /// The service was bound.
    synchronized void bind(Datastore bound) {
        current = bound;
        notifyAll();
    }

    /// The service was unbound. Its replacement may have been bound before; that one stays.
    synchronized void unbind(Datastore unbound) {
        if (unbound.equals(current)) {
            current = null;
        }
    }

    /// The current service, null when there is none.
    synchronized @Nullable Datastore get() {
        return current;
    }

    /// Blocks until a service is bound.
    /// @return null when this was closed first
    synchronized @Nullable Datastore await() throws InterruptedException {
        while (current == null && !closed) {
            wait();
        }
        return closed ? null : current;
    }

    /// Blocks until a service is bound, for `atMost` at the longest.
    /// @return null on timeout, or when this was closed first
    synchronized @Nullable Datastore await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); current == null && !closed && left > 0; left = (end - System.nanoTime())
                / NANOS) {
            wait(left);
        }
        return closed ? null : current;
    }

    /// Whether this was closed.
    synchronized boolean closed() {
        return closed;
    }

    /// Wakes all waiting threads with null.
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
