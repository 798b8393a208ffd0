package io.k3j.apiserver;

import io.k3j.componentbase.Signal;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests that are being worked on. A server that stops goes on following the datastore until they are answered:
/// one that asked for a revision which comes later would be refused. For any thread.
final class InFlight {
    private final AtomicInteger count = new AtomicInteger();
    private final Signal none = new Signal();
    private volatile boolean draining;

    /// One request, until it is closed; for one thread.
    final class Ticket implements AutoCloseable {
        private boolean left;

        /// The request is answered, or goes on without the datastore: a watch or a connection. The second time does
        /// nothing.
        @Override
        public void close() {
            if (left) {
                return;
            }
            left = true;
            if (count.decrementAndGet() == 0 && draining) {
                none.raise();
            }
        }
    }

    /// A request begins.
    Ticket begin() {
        count.incrementAndGet();
        return new Ticket();
    }

    /// How many there are.
    int count() {
        return count.get();
    }

    /// Waits until there are none, or the time is over.
    void await(long millis) {
        draining = true;
        none.await(() -> count.get() == 0, millis);
    }
}
