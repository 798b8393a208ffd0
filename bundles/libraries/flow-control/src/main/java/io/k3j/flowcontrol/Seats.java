package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.watchcache.Store;
import java.util.function.LongSupplier;

/// How many requests are worked on at once: a request waits for the seats of its [RequestFlow], as long as upstream's,
/// and is sent away with 429 then, or at once when too many of its flow wait already ([QueueSet]). So a client that has
/// hundreds of requests in flight outlasts a disk that stands still for seconds, and a stop of the whole process of any
/// length. A write that finds, when its turn comes, that the datastore refuses writes is sent away with 503: it has
/// used its time up.
///
/// What a request does through an in-process client on its way uses the request's seats: it takes no second ones.
public final class Seats {
    /// Reads at once, upstream's `--max-requests-inflight`; together with [#WRITES] they are the seats that priority
    /// levels share.
    public static final int READS = 400;
    /// Writes at once, upstream's `--max-mutating-requests-inflight`.
    public static final int WRITES = 200;
    /// How long a request waits for a seat: upstream's `--request-timeout` of a minute, divided by four; less where the
    /// request says so ([RequestFlow#within]).
    public static final long PATIENCE_MILLIS = 15_000;
    /// What is said to whom no seat was free in time, in upstream's words.
    public static final String REFUSAL = "Too many requests, please try again later.";
    private final ScopedValue<Seat> seated = ScopedValue.newInstance();
    private final Store store;
    private final LongSupplier nanos;

    /// Seats that are taken.
    private record Seat(QueueSet of, Turn turn) {
    }

    /// Before a store.
    /// @param nanos a monotonic clock
    public Seats(Store store, LongSupplier nanos) {
        this.store = store;
        this.nanos = nanos;
    }

    /// Works in seats of a flow, or in those there are.
    /// @param width how many, as [FlowController#width] estimates
    /// @throws ApiFault 429, 503
    public <T, X extends Exception> T in(RequestFlow flow, boolean write, int width, ScopedValue.CallableOp<T, X> work)
            throws X {
        if (seated.isBound()) {
            return work.call();
        }
        return in(flow.match(), flow.turn(width, write, false), flow.patienceMillis(), work);
    }

    /// As the other one, for a read that has begun and would be lost without seats: however many wait.
    /// @param patienceMillis how long seats are waited for
    /// @throws ApiFault 429
    public <T, X extends Exception> T again(RequestFlow flow, int width, long patienceMillis,
            ScopedValue.CallableOp<T, X> work) throws X {
        if (seated.isBound()) {
            return work.call();
        }
        return in(flow.match(), flow.turn(width, false, true), patienceMillis, work);
    }

    private <T, X extends Exception> T in(RequestFlow.Match of, Turn turn, long millis,
            ScopedValue.CallableOp<T, X> work) throws X {
        QueueSet seats = of.level().seats();
        long since = turn.write ? System.nanoTime() : 0;
        int width = turn.seats;
        wait(of, turn, millis);
        long begun = nanos.getAsLong();
        try {
            if (turn.write) {
                store.mustTake(since);
            }
            return ScopedValue.where(seated, new Seat(seats, turn)).call(() -> Unseated.in(this::away, work));
        } finally {
            seats.release(turn);
            of.counts().executed(turn, width, nanos.getAsLong() - begun);
        }
    }

    private void wait(RequestFlow.Match of, Turn turn, long millis) {
        RejectReason refusal = of.level().seats().acquire(turn, millis);
        turn.of.waited(turn.waited);
        if (refusal != null) {
            of.counts().refused.add(turn.waited);
            of.counts().refusals(refusal).increment();
            throw new ApiFault(429, "TooManyRequests", REFUSAL,
                    Struct.of("retryAfterSeconds", of.level().retryAfter().refused(nanos.getAsLong())));
        }
        if (!of.level().spec().queuing().exempt()) {
            of.counts().served.add(turn.waited);
        }
    }

    /// What follows waits for its client most of the time: others have all its seats but one.
    public void narrow() {
        if (seated.isBound()) {
            seated.get().of.narrow(seated.get().turn);
        }
    }

    /// Does what waits for somebody outside (an admission webhook) while others have the seats. Afterwards the request
    /// has some again at once, if need be beyond the bound: what it has waited for must not be lost, and others get
    /// none until enough were given back. Who calls it bounds how many wait.
    public void away(Runnable work) {
        if (!seated.isBound()) {
            work.run();
            return;
        }
        Seat seat = seated.get();
        seat.of.release(seat.turn);
        try {
            Unseated.in(Runnable::run, () -> {
                work.run();
                return seat;
            });
        } finally {
            seat.of.returned(seat.turn);
        }
    }
}
