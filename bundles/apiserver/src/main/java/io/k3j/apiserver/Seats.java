package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many requests are worked on at once: upstream's bounds for reads and writes. A request waits a
/// moment for a seat, in order of arrival, then is sent away with 429.
final class Seats {
    /// Reads at once (`--max-requests-inflight`).
    static final int READS = 400;
    /// Writes at once (`--max-mutating-requests-inflight`).
    static final int WRITES = 200;
    /// How long a request waits for a seat.
    static final long PATIENCE_MILLIS = 5_000;
    private final Semaphore reads = new Semaphore(READS, true);
    private final Semaphore writes = new Semaphore(WRITES, true);

    /// A seat, given back by closing it.
    interface Seat extends AutoCloseable {
        @Override
        void close();
    }

    /// A seat for a read or a write.
    /// @throws ApiFault 429
    Seat take(boolean write) {
        Semaphore of = write ? writes : reads;
        try {
            if (of.tryAcquire() || of.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return of::release;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ApiFault(429, "TooManyRequests", "Too many requests, please try again later.",
                Struct.of("retryAfterSeconds", 1));
    }

    /// How many seats are taken: reads, then writes.
    int[] taken() {
        return new int[] {READS - reads.availablePermits(), WRITES - writes.availablePermits()};
    }
}
