package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Bytes of memory that users share. Each has a part, so nobody keeps the others out; what one taker needs is kept for
/// who is exempt; who finds no room waits a moment, then is sent away with 429. Any thread.
final class Pool {
    /// How long a taker waits for room.
    static final long PATIENCE_MILLIS = 5_000;
    private final long most;
    private final long everybodys;
    private final long share;
    private final Map<String, Long> taken = new HashMap<>();
    private long total;

    /// @param bytes in all; twice `one` at least
    /// @param one what one taker may need
    /// @param parts a user may take one of so many, but `one` at least
    Pool(long bytes, long one, int parts) {
        this.most = Math.max(bytes, 2 * one);
        this.everybodys = most - one;
        this.share = Math.max(most / parts, one);
    }

    /// No bytes yet.
    Room room(String user, boolean exempt) {
        return new Room(user, exempt);
    }

    /// What one taker has, until it is closed. Used by one thread.
    final class Room implements AutoCloseable {
        private final String user;
        private final boolean exempt;
        private long own;

        private Room(String user, boolean exempt) {
            this.user = user;
            this.exempt = exempt;
        }

        /// Takes more; what would be more than a user's part counts as that part. Blocks for a moment.
        /// @throws ApiFault 429
        void more(long bytes) {
            long wanted = Math.min(bytes, share);
            if (!reserved(user, wanted, exempt)) {
                throw new ApiFault(429, "TooManyRequests", "Too many large requests, please try again later.",
                        Struct.of("retryAfterSeconds", 1));
            }
            own += wanted;
        }

        @Override
        public void close() {
            release(user, own);
            own = 0;
        }
    }

    private synchronized boolean reserved(String user, long bytes, boolean exempt) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!fits(user, bytes, exempt)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        total += bytes;
        taken.merge(user, bytes, Long::sum);
        return true;
    }

    private boolean fits(String user, long bytes, boolean exempt) {
        return exempt ? total + bytes <= most
                : total + bytes <= everybodys && taken.getOrDefault(user, 0L) + bytes <= share;
    }

    private synchronized void release(String user, long bytes) {
        total -= bytes;
        taken.computeIfPresent(user, (u, own) -> own == bytes ? null : own - bytes);
        notifyAll();
    }

    /// How many bytes are taken.
    synchronized long taken() {
        return total;
    }
}
