package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The datastore in use, which comes, goes, and may be replaced while somebody waits for it. Any thread.
final class CurrentDatastore implements AutoCloseable {
    private static final long NANOS = 1_000_000;
    private @Nullable Datastore current;
    private boolean closed;

    /// It has come.
    synchronized void use(Datastore arrived) {
        current = arrived;
        notifyAll();
    }

    /// It goes; another may have come already.
    synchronized void leave(Datastore leaving) {
        if (leaving.equals(current)) {
            current = null;
        }
    }

    /// The one there is now, null when there is none.
    synchronized @Nullable Datastore now() {
        return current;
    }

    /// Blocks until there is one.
    /// @return null when this was closed first
    synchronized @Nullable Datastore await() throws InterruptedException {
        while (current == null && !closed) {
            wait();
        }
        return closed ? null : current;
    }

    /// Blocks until there is one, for so long at most.
    /// @return null when there is none by then, or this was closed first
    synchronized @Nullable Datastore await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toMillis(); current == null && !closed && left > 0; left = (end - System.nanoTime())
                / NANOS) {
            wait(left);
        }
        return closed ? null : current;
    }

    /// Whether nobody waits any more.
    synchronized boolean closed() {
        return closed;
    }

    /// Nobody waits any more.
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
