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
    private final SeatDemand demand;
    private final Shards shards = new Shards();
    private final Map<Long, Integer> takenByFlow = new HashMap<>();
    private final int[] executing = new int[2];
    private final int[] waiting = new int[2];
    private Queuing queuing = Queuing.REJECT;
    private final TurnList seated = new TurnList();
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

    /// What a virtual time stands for, in nanoseconds of one seat.
    static long nanos(long virtual) {
        return virtual << COARSE;
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
            start(turn);
            turn.entered = turn.since;
            return null;
        }
        boolean free = waiting() == 0 && mayTake(turn) && fits(turn);
        Shard shard = shards.choose(turn.flow, free, arrivals, virtual);
        turn.shard = shard;
        turn.arrived = virtual;
        turn.order = arrivals++;
        if (!free && !turn.begun && (shard.waiting >= queuing.length() || waiting() >= MOST_WAITING)) {
            return RejectReason.QUEUE_FULL;
        }
        shards.add(shard);
        if (free) {
            start(turn);
            turn.entered = turn.since;
        } else {
            shard.add(turn);
            waits(turn, 1);
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
        waits(turn, -1);
        shards.forget(shard);
        dispatch();
        return true;
    }

    /// Gives a turn's seats to who waits.
    synchronized void release(Turn turn) {
        give(turn);
        Shard shard = turn.shard;
        if (shard != null) {
            shards.forget(shard);
        }
        dispatch();
    }

    private void give(Turn turn) {
        long now = nanos.getAsLong();
        taken -= turn.seats;
        executing[turn.kind()]--;
        seated.remove(turn);
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
            turn.shard = shards.add(shard);
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
        int most = SHARE * (limit - taken);
        return taken < limit && (taken < most || taken(turn.flow) < most);
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
        seated.add(turn);
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
            turn.entered = nanos.getAsLong();
            demand.set(turn.entered, taken + waitingSeats);
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
