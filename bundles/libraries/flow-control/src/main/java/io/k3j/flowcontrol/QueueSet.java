package io.k3j.flowcontrol;

import io.k3j.flowcontrol.PriorityLevelSpec.Queuing;
import io.k3j.flowcontrol.Turn.Shard;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
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
    static final long GUESS = TimeUnit.MILLISECONDS.toNanos(3);
    /// Virtual times are nanoseconds without these bits, so that they last for centuries.
    private static final int COARSE = 10;
    private final ObjLongConsumer<Object> park;
    private final LongSupplier nanos;
    private final SeatUse use;
    private final Shards shards = new Shards();
    private final Map<Long, Integer> takenByFlow = new HashMap<>();
    private Queuing queuing = Queuing.REJECT;
    private final TurnList seated = new TurnList();
    private int limit;
    private long virtual;
    private long arrivals;

    /// @param park as [LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    QueueSet(ObjLongConsumer<Object> park, LongSupplier nanos) {
        this.park = park;
        this.nanos = nanos;
        this.use = new SeatUse(nanos.getAsLong());
    }

    /// What a virtual time stands for, in nanoseconds of one seat.
    static long nanos(long virtual) {
        return virtual << COARSE;
    }

    /// What stands for the seats where there are none, when their use is told as a part of them.
    synchronized void spare(int seats) {
        use.spare(seats);
    }

    /// Says how requests wait from now on, and for how many seats. Who waits already goes on waiting.
    synchronized void configure(Queuing how, int seats) {
        queuing = how;
        shards.configure(how);
        limit(seats);
    }

    /// From now on there are so many seats.
    synchronized void limit(int seats) {
        limit = seats;
        use.limits(nanos.getAsLong(), queuing, seats);
        dispatch();
    }

    /// Takes seats; waits for them.
    /// @return null when it has them
    @Nullable
    RejectReason acquire(Turn turn, long patienceMillis) {
        RejectReason refusal = enter(turn);
        if (refusal != null || turn.come) {
            return refusal;
        }
        boolean late = !turn.awaited(park, nanos, patienceMillis) && left(turn);
        turn.waited = nanos.getAsLong() - turn.entered;
        return late ? RejectReason.TIME_OUT : null;
    }

    private synchronized @Nullable RejectReason enter(Turn turn) {
        if (queuing.rejects() && !fits(turn)) {
            return RejectReason.CONCURRENCY_LIMIT;
        }
        if (queuing.queues() <= 0) {
            start(turn, nanos.getAsLong());
            turn.entered = turn.since;
            return null;
        }
        boolean free = use.waiting() == 0 && mayTake(turn) && fits(turn);
        Shard shard = shards.choose(turn.flow, free, arrivals, virtual);
        turn.shard = shard;
        turn.arrived = virtual;
        turn.order = arrivals++;
        if (!free && !turn.begun && (shard.waiting >= queuing.length() || use.waiting() >= MOST_WAITING)) {
            return RejectReason.QUEUE_FULL;
        }
        shards.add(shard);
        // as upstream, where one that need not wait is in its queue for a moment
        turn.counts.queueLengths.add(shard.waiting + 1L);
        long now = nanos.getAsLong();
        turn.entered = now;
        if (free) {
            start(turn, now);
        } else {
            shard.add(turn);
            use.waits(turn, 1, now);
            dispatch();
        }
        return null;
    }

    /// Whether a turn that did not come was given up; false when it came at the last moment.
    private synchronized boolean left(Turn turn) {
        Shard shard = turn.shard;
        if (turn.come || shard == null || !shard.remove(turn)) {
            return false;
        }
        use.waits(turn, -1, nanos.getAsLong());
        shards.forget(shard);
        dispatch();
        return true;
    }

    /// Gives a turn's seats to who waits.
    synchronized void release(Turn turn) {
        give(turn, nanos.getAsLong());
        Shard shard = turn.shard;
        if (shard != null) {
            shards.forget(shard);
        }
        dispatch();
    }

    private void give(Turn turn, long now) {
        seated.remove(turn);
        use.executes(turn, -1, now);
        Shard shard = turn.shard;
        if (shard != null) {
            shard.executing--;
            shard.next += (now - turn.since >> COARSE) * turn.seats - turn.charged;
            takenByFlow.computeIfPresent(turn.flow, (f, own) -> own > turn.seats ? own - turn.seats : null);
        }
    }

    /// Gives all of a turn's seats but one to who waits.
    synchronized void narrow(Turn turn) {
        if (turn.seats > 1) {
            long now = nanos.getAsLong();
            give(turn, now);
            turn.seats = 1;
            turn.charged = 0;
            take(turn, now);
            dispatch();
        }
    }

    /// A turn takes its seats back, also when none is free.
    synchronized void returned(Turn turn) {
        Shard shard = turn.shard;
        if (shard != null) {
            turn.shard = shards.add(shard);
        }
        take(turn, nanos.getAsLong());
        turn.charged = 0;
    }

    private void dispatch() {
        while (use.waiting() > 0 && use.taken() < limit) {
            Turn next = next();
            Shard shard = next == null ? null : next.shard;
            if (next == null || shard == null) {
                return;
            }
            if (!fits(next)) {
                next.counts.unaccommodated.increment();
                return;
            }
            if (!shard.remove(next)) {
                return;
            }
            long now = nanos.getAsLong();
            use.waits(next, -1, now);
            start(next, now);
            LockSupport.unpark(next.waiter);
        }
    }

    /// Who is next: of the queues whose flows may have more, the one that was charged least; among equals the flow that
    /// has fewest seats, then who came first. When there are too few seats for it the others wait as well, else it
    /// would never have enough.
    private @Nullable Turn next() {
        Turn best = null;
        long start = 0;
        for (Shard shard : shards.all()) {
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

    /// As long as three quarters are not taken, nobody can have too many.
    private boolean mayTake(Turn turn) {
        int taken = use.taken();
        int most = SHARE * (limit - taken);
        return taken < limit && (taken < most || taken(turn.flow) < most);
    }

    private boolean fits(Turn turn) {
        // more than there are count as all of them
        return use.taken() + turn.seats <= limit || use.taken() == 0 && limit > 0;
    }

    private void start(Turn turn, long now) {
        Shard shard = turn.shard;
        if (shard != null) {
            shard.next = Math.max(shard.next, turn.arrived);
            virtual = Math.max(virtual, shard.next);
            turn.charged = (GUESS >> COARSE) * turn.seats;
            shard.next += turn.charged;
        }
        take(turn, now);
        turn.counts.dispatched.increment();
        turn.come = true;
    }

    private void take(Turn turn, long now) {
        turn.since = now;
        seated.add(turn);
        use.executes(turn, 1, now);
        Shard shard = turn.shard;
        if (shard != null) {
            shard.executing++;
            takenByFlow.merge(turn.flow, turn.seats, Integer::sum);
        }
    }

    /// Ends a period of demand.
    synchronized SeatDemand.Figures demand() {
        return use.demand(nanos.getAsLong());
    }

    /// How much of the level has been in use, and for how long.
    synchronized SeatUse.Timed timed() {
        return use.timed(nanos.getAsLong());
    }

    /// How many seats are taken.
    synchronized int taken() {
        return use.taken();
    }

    /// How many requests have seats.
    synchronized int executing(boolean write) {
        return use.executing(write);
    }

    /// How many requests wait.
    synchronized int waiting(boolean write) {
        return use.waiting(write);
    }

    /// Hands over what there is at one moment; who looks at it must be quick, since nobody gets a seat meanwhile.
    ///
    /// @param look is given the queues, and the turn that has got seats last, before which the others stand
    synchronized void look(BiConsumer<Collection<Shard>, @Nullable Turn> look) {
        look.accept(shards.all(), seated.latest());
    }

    /// How many queues exist.
    synchronized int active() {
        return shards.all().size();
    }
}
