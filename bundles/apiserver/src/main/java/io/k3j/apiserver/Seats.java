package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.watchcache.Store;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many requests are worked on at once: upstream's bounds for reads and writes. A request waits a
/// moment for a seat, in order of arrival, then is sent away with 429. A write that finds, when its turn comes, that
/// the datastore refuses writes is sent away with 503: it has used its time up.
final class Seats {
    /// Reads at once (`--max-requests-inflight`).
    static final int READS = 400;
    /// Writes at once (`--max-mutating-requests-inflight`).
    static final int WRITES = 200;
    /// How long a request waits for a seat.
    static final long PATIENCE_MILLIS = 5_000;
    private final Semaphore reads = new Semaphore(READS, true);
    private final Semaphore writes = new Semaphore(WRITES, true);
    private final Store store;

    /// Before a store.
    Seats(Store store) {
        this.store = store;
    }

    /// A seat, given back by closing it.
    interface Seat extends AutoCloseable {
        @Override
        void close();
    }

    /// A seat for a read or a write.
    /// @throws ApiFault 429, 503
    Seat take(boolean write) {
        Semaphore of = write ? writes : reads;
        long since = System.nanoTime();
        try {
            if (of.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return write ? taken(of, since) : of::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ApiFault(429, "TooManyRequests", "Too many requests, please try again later.",
                Struct.of("retryAfterSeconds", 1));
    }

    private Seat taken(Semaphore of, long since) {
        try {
            store.mustTake(since);
            return of::release;
        } catch (ApiFault f) {
            of.release();
            throw f;
        }
    }

    /// How many seats are taken: reads, then writes.
    int[] taken() {
        return new int[] {READS - reads.availablePermits(), WRITES - writes.availablePermits()};
    }

    /// How many wait for one: reads, then writes.
    int[] waiting() {
        return new int[] {reads.getQueueLength(), writes.getQueueLength()};
    }
}
