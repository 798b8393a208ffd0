package io.k3j.flowcontrol;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A bounded amount of something that requests take for a while and users share. Each user has a part, so nobody keeps
/// the others out; some may be kept for who is exempt; who finds none left waits a moment, in no order, then is sent
/// away with 429. Any thread.
public final class Pool {
    /// How long a taker of memory waits for room.
    static final long PATIENCE_MILLIS = 5_000;
    private final Bounds bounds;
    private final String refusal;
    private final Map<String, Long> taken = new HashMap<>();
    private long total;
    private long refused;

    /// How much there is.
    ///
    /// @param most for all
    /// @param kept of that, for who is exempt
    /// @param perUser of the rest, for one user who is not exempt
    /// @param patienceMillis how long a request waits for its part
    public record Bounds(long most, long kept, long perUser, long patienceMillis) {
    }

    /// @param refusal what is told to who gets nothing
    Pool(Bounds bounds, String refusal) {
        this.bounds = bounds;
        this.refusal = refusal;
    }

    /// Memory.
    /// @param bytes in all; twice `one` at least
    /// @param one what one taker may need; as much is kept for who is exempt
    /// @param parts a user may take one of so many, but `one` at least
    public static Pool ofMemory(long bytes, long one, int parts) {
        return ofMemory(bytes, one, parts, PATIENCE_MILLIS);
    }

    /// The same; `patienceMillis` is how long a taker waits for room.
    static Pool ofMemory(long bytes, long one, int parts, long patienceMillis) {
        long most = Math.max(bytes, 2 * one);
        return new Pool(new Bounds(most, one, Math.max(most / parts, one), patienceMillis),
                "Too many large requests, please try again later.");
    }

    /// Nothing yet.
    /// @param exempt only the bound for all counts
    public Room room(String user, boolean exempt) {
        return new Room(user, exempt);
    }

    /// What one taker has, until it is closed.
    public final class Room implements AutoCloseable {
        private final String user;
        private final boolean exempt;
        /// Written under the lock; volatile, so that who has nothing need not take it to know.
        private volatile long own;

        private Room(String user, boolean exempt) {
            this.user = user;
            this.exempt = exempt;
        }

        /// Takes more; what would be more than a user's part, with what it has already, counts as that part. Blocks for
        /// a moment.
        /// @throws ApiFault 429
        public void more(long amount) {
            if (!reserved(this, Math.min(amount, bounds.perUser - own))) {
                throw new ApiFault(429, "TooManyRequests", refusal, Struct.of("retryAfterSeconds", 1));
            }
        }

        /// Most have taken nothing: they meet no lock and wake nobody.
        @Override
        public void close() {
            if (own > 0) {
                release(this);
            }
        }
    }

    private synchronized boolean reserved(Room room, long amount) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.patienceMillis);
        while (!fits(room, amount)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || !awaited(left)) {
                refused++;
                return false;
            }
        }
        total += amount;
        taken.merge(room.user, amount, Long::sum);
        room.own += amount;
        return true;
    }

    private synchronized boolean awaited(long millis) {
        try {
            wait(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean fits(Room room, long amount) {
        return room.exempt ? total + amount <= bounds.most
                : total + amount <= bounds.most - bounds.kept
                        && taken.getOrDefault(room.user, 0L) + amount <= bounds.perUser;
    }

    private synchronized void release(Room room) {
        long amount = room.own;
        room.own = 0;
        total -= amount;
        taken.computeIfPresent(room.user, (user, own) -> own == amount ? null : own - amount);
        notifyAll();
    }

    /// How much is taken.
    public synchronized long taken() {
        return total;
    }

    /// How many requests got nothing so far.
    synchronized long refused() {
        return refused;
    }
}
