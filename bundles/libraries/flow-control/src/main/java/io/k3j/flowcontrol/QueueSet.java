package io.k3j.flowcontrol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// The seats for reads or for writes of one lane, and a queue for each user who waits for one; upstream's `queueset`.
///
/// Where seats are shared, a user may have [#SHARE] times as many as are free: alone three quarters of them, beside
/// others fewer. So idle seats are lent, the next user finds some free at once, and who had many gives them back to
/// who waits, users in turn. Any thread.
final class QueueSet {
    /// How many seats a user may have for each one that is free.
    static final int SHARE = 3;
    /// How many requests of a user may wait where seats are shared: upstream gives a flow six queues of fifty each.
    static final int WAITING = 300;
    /// So long is waited at once; what is longer than two of these was a stop of the whole process.
    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
    private final int seats;
    private final boolean shared;
    private final Map<String, Integer> taken = new HashMap<>();
    private final ObjLongConsumer<Object> park;
    private final LongSupplier nanos;
    private final Map<String, Deque<Turn>> queues = new LinkedHashMap<>();
    private int free;
    private int waiting;

    /// One request's place in a queue.
    private static final class Turn {
        private final Thread waiter = Thread.currentThread();
        private volatile boolean come;
    }

    /// @param shared whether a user has a part; else anyone may have all
    /// @param park as [LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    QueueSet(int seats, boolean shared, ObjLongConsumer<Object> park, LongSupplier nanos) {
        this.seats = seats;
        this.shared = shared;
        this.park = park;
        this.nanos = nanos;
        this.free = seats;
    }

    /// Takes a seat for a user; waits for it.
    /// @param begun for work that would be lost without a seat: however many wait
    /// @return false when there was none in time, too many wait already, or the thread was interrupted
    boolean acquired(String user, long patienceMillis, boolean begun) {
        Turn turn;
        synchronized (this) {
            if (!queues.containsKey(user) && mayTake(user)) {
                take(user);
                return true;
            }
            if (shared && !begun && waiting(user) >= WAITING) {
                return false;
            }
            turn = new Turn();
            queues.computeIfAbsent(user, u -> new ArrayDeque<>()).add(turn);
            waiting++;
        }
        return awaited(turn, patienceMillis) || !left(user, turn);
    }

    private int waiting(String user) {
        Deque<Turn> queue = queues.get(user);
        return queue == null ? 0 : queue.size();
    }

    private boolean awaited(Turn turn, long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (!turn.come && left > 0) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            long since = nanos.getAsLong();
            park.accept(this, Math.min(left, LOOK));
            left -= Math.min(nanos.getAsLong() - since, 2 * LOOK);
        }
        return turn.come;
    }

    /// Whether a turn that did not come was given up; false when it came at the last moment.
    private synchronized boolean left(String user, Turn turn) {
        Deque<Turn> queue = queues.get(user);
        if (queue == null || !queue.remove(turn)) {
            return false;
        }
        waiting--;
        if (queue.isEmpty()) {
            queues.remove(user);
        }
        return true;
    }

    /// Gives a user's seat to who waits.
    synchronized void release(String user) {
        taken.computeIfPresent(user, (u, own) -> own > 1 ? own - 1 : null);
        free++;
        for (String next = next(); next != null; next = next()) {
            serve(next);
        }
    }

    /// A user takes a seat back, also when none is free.
    synchronized void returned(String user) {
        take(user);
    }

    /// The first user in turn who may have a seat. Few are passed over, since each of those has [#SHARE] at least.
    private @Nullable String next() {
        if (free > 0 && waiting > 0) {
            for (String user : queues.keySet()) {
                if (mayTake(user)) {
                    return user;
                }
            }
        }
        return null;
    }

    /// Those behind in the user's queue wait for all other users first.
    private void serve(String user) {
        Deque<Turn> queue = queues.remove(user);
        if (queue != null) {
            take(user);
            waiting--;
            Turn turn = queue.remove();
            turn.come = true;
            LockSupport.unpark(turn.waiter);
            if (!queue.isEmpty()) {
                queues.put(user, queue);
            }
        }
    }

    private boolean mayTake(String user) {
        return free > 0 && (!shared || taken.getOrDefault(user, 0) < SHARE * free);
    }

    private void take(String user) {
        free--;
        taken.merge(user, 1, Integer::sum);
    }

    /// How many are taken.
    synchronized int taken() {
        return seats - free;
    }

    /// How many requests wait.
    synchronized int waiting() {
        return waiting;
    }
}
