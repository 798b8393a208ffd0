package io.k3j.flowcontrol;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.watchcache.Store;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ObjLongConsumer;
import java.util.function.ToIntFunction;

/// How many requests are worked on at once: upstream's bounds for reads and writes. A request waits for a seat, users
/// in turn and each one's requests in order of arrival, as long as upstream's, and is sent away with 429 then, or at
/// once when as many of its user wait already as upstream would queue ([QueueSet#WAITING]). So a client that has
/// hundreds of requests in flight outlasts a disk that stands still for seconds, and a stop of the whole process of any
/// length. A write that finds, when its turn comes, that the datastore refuses writes is sent away with 503: it has
/// used its time up.
///
/// Each [Lane] has seats of its own, so that a flood of one sort of request does not keep the others out; nor does one
/// user's keep out others of its lane, see [QueueSet]. What a request does through an in-process client on its way uses
/// the request's seat: it takes no second one.
public final class Seats {
    /// Reads at once in the lanes of everybody (`--max-requests-inflight`).
    public static final int READS = 400;
    /// Writes at once in the lanes of everybody (`--max-mutating-requests-inflight`).
    public static final int WRITES = 200;
    /// How long a request waits for a seat: upstream's `--request-timeout` of a minute, divided by four.
    public static final long PATIENCE_MILLIS = 15_000;
    private final ScopedValue<Seat> seated = ScopedValue.newInstance();
    private final Map<Lane, Rows> lanes = new EnumMap<>(Lane.class);
    private final Store store;

    /// Sorts of requests that do not wait for each other.
    public enum Lane {
        /// Administrators, who repair a cluster.
        EXEMPT(READS, WRITES, false),
        /// Health checks, which need no name and so must not use up the administrators' seats.
        PROBES(READS, WRITES, false),
        /// Nodes, leases, elections and the components of this process.
        SYSTEM(READS / 2, WRITES / 2, true),
        /// Everybody else.
        WORKLOAD(READS, WRITES, true);

        private final int reads;
        private final int writes;
        private final boolean shared;

        Lane(int reads, int writes, boolean shared) {
            this.reads = reads;
            this.writes = writes;
            this.shared = shared;
        }
    }

    /// One that is taken.
    private record Seat(QueueSet of, String user) {
    }

    /// How long a seat is waited for, and whether for work that has begun.
    private record Wait(long millis, boolean begun) {
    }

    private record Rows(QueueSet reads, QueueSet writes) {
        static Rows of(Lane lane, ObjLongConsumer<Object> park) {
            return new Rows(new QueueSet(lane.reads, lane.shared, park, System::nanoTime),
                    new QueueSet(lane.writes, lane.shared, park, System::nanoTime));
        }

        QueueSet of(boolean write) {
            return write ? writes : reads;
        }
    }

    /// Before a store.
    ///
    /// @param park as [java.util.concurrent.locks.LockSupport#parkNanos(Object, long)]
    public Seats(Store store, ObjLongConsumer<Object> park) {
        this.store = store;
        for (Lane lane : Lane.values()) {
            lanes.put(lane, Rows.of(lane, park));
        }
    }

    /// Works in a seat of a user for a read or a write, or in the one there is.
    /// @throws ApiFault 429, 503
    public <T, X extends Exception> T in(Lane lane, String user, boolean write, ScopedValue.CallableOp<T, X> work)
            throws X {
        return in(lane, user, write, new Wait(PATIENCE_MILLIS, false), work);
    }

    /// As the other one, for a read that has begun and would be lost without a seat: however many wait.
    /// @param patienceMillis how long a seat is waited for
    /// @throws ApiFault 429
    public <T, X extends Exception> T again(Lane lane, String user, long patienceMillis,
            ScopedValue.CallableOp<T, X> work) throws X {
        return in(lane, user, false, new Wait(patienceMillis, true), work);
    }

    private <T, X extends Exception> T in(Lane lane, String user, boolean write, Wait wait,
            ScopedValue.CallableOp<T, X> work) throws X {
        if (seated.isBound()) {
            return work.call();
        }
        QueueSet of = Objects.requireNonNull(lanes.get(lane)).of(write);
        long since = System.nanoTime();
        if (!of.acquired(user, wait.millis, wait.begun)) {
            throw new ApiFault(429, "TooManyRequests", "Too many requests, please try again later.",
                    Struct.of("retryAfterSeconds", 1));
        }
        try {
            if (write) {
                store.mustTake(since);
            }
            return ScopedValue.where(seated, new Seat(of, user)).call(work);
        } finally {
            of.release(user);
        }
    }

    /// Does what waits for somebody outside (an admission webhook) while others have the seat. Afterwards the request
    /// has one again at once, if need be beyond the bound: what it has waited for must not be lost, and others get none
    /// until enough were given back. Who calls it bounds how many wait.
    public void away(Runnable work) {
        if (!seated.isBound()) {
            work.run();
            return;
        }
        Seat seat = seated.get();
        seat.of.release(seat.user);
        try {
            work.run();
        } finally {
            seat.of.returned(seat.user);
        }
    }

    /// How many seats are taken: reads, then writes.
    public int[] taken() {
        return both(QueueSet::taken);
    }

    /// How many wait for one: reads, then writes.
    public int[] waiting() {
        return both(QueueSet::waiting);
    }

    private int[] both(ToIntFunction<QueueSet> of) {
        return new int[] {lanes.values().stream().mapToInt(r -> of.applyAsInt(r.reads)).sum(),
                lanes.values().stream().mapToInt(r -> of.applyAsInt(r.writes)).sum()};
    }
}
