package io.k3j.flowcontrol;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.flowcontrol.Turn.Shard;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// The seats of one priority level and the queues before them; upstream's `queueset`.
///
/// Queues are served by start-time fair queuing: each is charged the time its requests have their seats, and the one
/// that was charged least is next (Goyal, Vin, Cheng 1996). A queue exists only while something waits in it or comes
/// from it, so however many a level has they cost nothing.
///
/// Where requests wait, a flow may have [#SHARE] times as many seats as are free: alone three quarters of them, beside
/// others fewer. So the next flow finds some free at once, however long a flow's requests keep their seats. Any thread.
final class QueueSet {
    /// How many seats a flow may have for each one that is free.
    static final int SHARE = 3;
    /// The most requests that wait at one level.
    static final int MOST_WAITING = 1 << 14;
    /// How long a request is taken to last until it has ended: upstream's 3 ms.
    private static final long GUESS = TimeUnit.MILLISECONDS.toNanos(3);
    /// Virtual times are nanoseconds without these bits, so that they last for centuries.
    private static final int COARSE = 10;
    private final ObjLongConsumer<Object> park;
    private final LongSupplier nanos;
    private final SeatDemand demand;
    private final Map<Integer, Shard> shards = new LinkedHashMap<>();
    private final Map<Long, Integer> takenByFlow = new HashMap<>();
    private final int[] executing = new int[2];
    private final int[] waiting = new int[2];
    private Queuing queuing = Queuing.REJECT;
    private int[] hand = new int[1];
    private int limit;
    private int taken;
    private int waitingSeats;
    private long virtual;
    private long arrivals;

    /// @param park as [LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    QueueSet(ObjLongConsumer<Object> park, LongSupplier nanos) {
        this.park = park;
        this.nanos = nanos;
        this.demand = new SeatDemand(nanos.getAsLong());
    }

    /// Says how requests wait from now on, and for how many seats. Who waits already goes on waiting.
    synchronized void configure(Queuing how, int seats) {
        queuing = how;
        hand = new int[how.hand()];
        limit(seats);
    }

    /// From now on there are so many seats.
    synchronized void limit(int seats) {
        limit = seats;
        dispatch();
    }

    /// Takes seats; waits for them.
    /// @return null when it has them
    @Nullable
    Rejection acquire(Turn turn, long patienceMillis) {
        Rejection refusal = enter(turn);
        boolean late = refusal == null && !turn.come && !turn.awaited(park, nanos, patienceMillis) && left(turn);
        return late ? Rejection.TIME_OUT : refusal;
    }

    private synchronized @Nullable Rejection enter(Turn turn) {
        if (queuing.rejects() && !fits(turn)) {
            return Rejection.CONCURRENCY_LIMIT;
        }
        if (queuing.queues() <= 0) {
            start(turn);
            return null;
        }
        boolean free = waiting() == 0 && mayTake(turn) && fits(turn);
        Shard shard = shard(turn.flow, free);
        turn.shard = shard;
        turn.arrived = virtual;
        turn.order = arrivals++;
        if (!free && !turn.begun && (shard.waiting >= queuing.length() || waiting() >= MOST_WAITING)) {
            return Rejection.QUEUE_FULL;
        }
        shards.put(shard.index, shard);
        if (free) {
            start(turn);
        } else {
            shard.add(turn);
            waits(turn, 1);
            dispatch();
        }
        return null;
    }

    /// The queue of a flow's hand in which the least waits, of several the one that was charged least.
    /// @param any where nothing waits: the next one in turn
    private Shard shard(long flow, boolean any) {
        ShuffleSharding.deal(flow, hand, queuing.queues());
        int from = (int) (arrivals % hand.length);
        Shard best = known(hand[from]);
        for (int i = 1; i < hand.length && !any; i++) {
            Shard next = known(hand[(from + i) % hand.length]);
            boolean better = next.waitingSeats < best.waitingSeats
                    || next.waitingSeats == best.waitingSeats && next.next < best.next;
            best = better ? next : best;
        }
        return best;
    }

    private Shard known(int index) {
        Shard known = shards.get(index);
        return known == null ? new Shard(index, virtual) : known;
    }

    /// Whether a turn that did not come was given up; false when it came at the last moment.
    private synchronized boolean left(Turn turn) {
        Shard shard = turn.shard;
        if (turn.come || shard == null || !shard.remove(turn)) {
            return false;
        }
        waits(turn, -1);
        forget(shard);
        dispatch();
        return true;
    }

    /// Gives a turn's seats to who waits.
    synchronized void release(Turn turn) {
        give(turn);
        Shard shard = turn.shard;
        if (shard != null) {
            forget(shard);
        }
        dispatch();
    }

    private void give(Turn turn) {
        long now = nanos.getAsLong();
        taken -= turn.seats;
        executing[turn.kind()]--;
        turn.counts.executes(turn, -1);
        Shard shard = turn.shard;
        if (shard != null) {
            shard.executing--;
            shard.next += (now - turn.since >> COARSE) * turn.seats - turn.charged;
            takenByFlow.computeIfPresent(turn.flow, (f, own) -> own > turn.seats ? own - turn.seats : null);
        }
        demand.set(now, taken + waitingSeats);
    }

    /// Gives all of a turn's seats but one to who waits.
    synchronized void narrow(Turn turn) {
        if (turn.seats > 1) {
            give(turn);
            turn.seats = 1;
            turn.charged = 0;
            take(turn);
            dispatch();
        }
    }

    /// A turn takes its seats back, also when none is free.
    synchronized void returned(Turn turn) {
        Shard shard = turn.shard;
        if (shard != null) {
            Shard known = shards.putIfAbsent(shard.index, shard);
            turn.shard = known == null ? shard : known;
        }
        take(turn);
        turn.charged = 0;
    }

    private void dispatch() {
        while (waiting() > 0 && taken < limit) {
            Turn next = next();
            Shard shard = next == null ? null : next.shard;
            if (next == null || shard == null || !fits(next) || !shard.remove(next)) {
                return;
            }
            waits(next, -1);
            start(next);
            LockSupport.unpark(next.waiter);
        }
    }

    /// Who is next: of the queues whose flows may have more, the one that was charged least; among equals the flow that
    /// has fewest seats, then who came first. When there are too few seats for it the others wait as well, else it
    /// would never have enough.
    private @Nullable Turn next() {
        Turn best = null;
        long start = 0;
        for (Shard shard : shards.values()) {
            Turn first = shard.head;
            if (first != null && mayTake(first)) {
                long own = shard.start();
                if (best == null || own < start || own == start && before(first, best)) {
                    best = first;
                    start = own;
                }
            }
        }
        return best;
    }

    private boolean before(Turn one, Turn other) {
        int more = Integer.compare(taken(one.flow), taken(other.flow));
        return more < 0 || more == 0 && one.order < other.order;
    }

    private int taken(long flow) {
        return takenByFlow.getOrDefault(flow, 0);
    }

    private boolean mayTake(Turn turn) {
        return taken < limit && taken(turn.flow) < SHARE * (limit - taken);
    }

    private boolean fits(Turn turn) {
        // more than there are count as all of them
        return taken + turn.seats <= limit || taken == 0 && limit > 0;
    }

    private void start(Turn turn) {
        Shard shard = turn.shard;
        if (shard != null) {
            shard.next = Math.max(shard.next, turn.arrived);
            virtual = Math.max(virtual, shard.next);
            turn.charged = (GUESS >> COARSE) * turn.seats;
            shard.next += turn.charged;
        }
        take(turn);
        turn.counts.dispatched.increment();
        turn.come = true;
    }

    private void take(Turn turn) {
        turn.since = nanos.getAsLong();
        taken += turn.seats;
        executing[turn.kind()]++;
        turn.counts.executes(turn, 1);
        Shard shard = turn.shard;
        if (shard != null) {
            shard.executing++;
            takenByFlow.merge(turn.flow, turn.seats, Integer::sum);
        }
        demand.set(turn.since, taken + waitingSeats);
    }

    private void waits(Turn turn, int by) {
        waiting[turn.kind()] += by;
        waitingSeats += by * turn.seats;
        turn.counts.waits(turn, by);
        if (by > 0) {
            demand.set(nanos.getAsLong(), taken + waitingSeats);
        }
    }

    private void forget(Shard shard) {
        if (shard.idle()) {
            shards.remove(shard.index, shard);
        }
    }

    private int waiting() {
        return waiting[0] + waiting[1];
    }

    /// Ends a period of demand.
    synchronized SeatDemand.Figures demand() {
        return demand.next(nanos.getAsLong());
    }

    /// How many seats are taken.
    synchronized int taken() {
        return taken;
    }

    /// How many requests have seats.
    synchronized int executing(boolean write) {
        return executing[Turn.kind(write)];
    }

    /// How many requests wait.
    synchronized int waiting(boolean write) {
        return waiting[Turn.kind(write)];
    }

    /// How many queues exist.
    synchronized int active() {
        return shards.size();
    }
}
