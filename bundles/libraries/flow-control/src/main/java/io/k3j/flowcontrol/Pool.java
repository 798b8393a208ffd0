package io.k3j.flowcontrol;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A bounded amount of something that requests take for a while and users share. Each user has a part, so nobody keeps
/// the others out; service accounts of one namespace, which are made by whoever may write there, have one together.
/// Some may be kept for who is exempt; who finds none left waits a moment, in no order, then is sent away with 429.
/// Where somebody waits, who has had his for long gives way. Any thread.
public final class Pool {
    /// How long a taker of memory waits for room.
    static final long PATIENCE_MILLIS = 5_000;
    /// After so long it is given up for who waits: as long as all but the long-running requests may take with upstream
    /// (`--request-timeout`).
    static final long TERM_MILLIS = 60_000;
    /// How often a taker looks whether somebody has had his for that long.
    private static final long LOOK_MILLIS = 1_000;
    private static final String ACCOUNTS = "system:serviceaccount:";
    private static final String COMPONENTS = ACCOUNTS + "kube-system:";
    private final Bounds bounds;
    private final String refusal;
    private final long termNanos;
    private final Map<String, Long> taken = new HashMap<>();
    /// Those that can be ended, in the order in which they began.
    private final Set<Room> held = new LinkedHashSet<>();
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
        this(bounds, refusal, TERM_MILLIS);
    }

    /// The same; `termMillis` is how long something is had at least.
    Pool(Bounds bounds, String refusal, long termMillis) {
        this.bounds = bounds;
        this.refusal = refusal;
        this.termNanos = TimeUnit.MILLISECONDS.toNanos(termMillis);
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
        return room(user, exempt, null);
    }

    /// The same of a taker who can be made to give back what he has.
    /// @param end called once, on the thread of somebody else, when others wait for what he has had for long; does not
    /// block
    public Room room(String user, boolean exempt, @Nullable Runnable end) {
        return new Room(sharer(user), exempt, end);
    }

    /// With whom he has his part. The accounts of `kube-system` are the cluster's own components.
    private static String sharer(String user) {
        int end = user.startsWith(ACCOUNTS) && !user.startsWith(COMPONENTS) ? user.indexOf(':', ACCOUNTS.length()) : -1;
        return end < 0 ? user : user.substring(0, end);
    }

    /// What one taker has, until it is closed.
    public final class Room implements AutoCloseable {
        private final String user;
        private final boolean exempt;
        private final @Nullable Runnable end;
        private long since;
        private boolean ending;
        /// Written under the lock; volatile, so that who has nothing need not take it to know.
        private volatile long own;

        private Room(String user, boolean exempt, @Nullable Runnable end) {
            this.user = user;
            this.exempt = exempt;
            this.end = end;
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

    private boolean reserved(Room room, long amount) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounds.patienceMillis);
        while (true) {
            @Nullable
            Runnable end;
            synchronized (this) {
                if (fits(room, amount, 0, 0)) {
                    take(room, amount);
                    return true;
                }
                end = overdue(room, amount);
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (end == null && (left <= 0 || !awaited(Math.min(left, LOOK_MILLIS)))) {
                    refused++;
                    return false;
                }
            }
            if (end != null) {
                end.run();
            }
        }
    }

    private void take(Room room, long amount) {
        total += amount;
        taken.merge(room.user, amount, Long::sum);
        if (room.own == 0 && room.end != null) {
            room.since = System.nanoTime();
            held.add(room);
        }
        room.own += amount;
    }

    /// What ends the oldest of those who have had theirs for long, of the same user where it is his part that is used
    /// up; null where there is none, or where those that are ending leave enough.
    private @Nullable Runnable overdue(Room room, long amount) {
        long coming = 0;
        long comingOfUser = 0;
        for (Room other : held) {
            coming += other.ending ? other.own : 0;
            comingOfUser += other.ending && other.user.equals(room.user) ? other.own : 0;
        }
        if (fits(room, amount, coming, comingOfUser)) {
            return null;
        }
        boolean own = !room.exempt
                && taken.getOrDefault(room.user, 0L) - comingOfUser + amount > bounds.perUser;
        long now = System.nanoTime();
        for (Room other : held) {
            if (!other.ending && now - other.since >= termNanos && (!own || other.user.equals(room.user))) {
                other.ending = true;
                return other.end;
            }
        }
        return null;
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

    /// @param coming what will be given back soon, in all and of the same user
    private boolean fits(Room room, long amount, long coming, long comingOfUser) {
        long all = total - coming + amount;
        return room.exempt ? all <= bounds.most
                : all <= bounds.most - bounds.kept
                        && taken.getOrDefault(room.user, 0L) - comingOfUser + amount <= bounds.perUser;
    }

    private synchronized void release(Room room) {
        long amount = room.own;
        room.own = 0;
        room.ending = false;
        held.remove(room);
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
