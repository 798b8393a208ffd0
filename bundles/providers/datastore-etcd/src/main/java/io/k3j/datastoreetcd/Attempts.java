package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Repeats idempotent calls until they succeed or their time budget is spent.
final class Attempts {
    /// Pause between two attempts.
    static final long PAUSE_MILLIS = 25;
    /// The longest pause before an overloaded cluster is called again.
    private static final long LONGEST_PAUSE_MILLIS = 400;
    /// Time limit of one attempt when there is another member to call.
    private static final long ATTEMPT_NANOS = 800_000_000;
    /// An attempt with less time would only time out, and its error would replace the real cause of the one
    /// before.
    private static final long MIN_ATTEMPT_NANOS = 50_000_000;
    private final Gate gate;
    private final BooleanSupplier others;

    /// @param others whether there is more than one endpoint
    Attempts(Gate gate, BooleanSupplier others) {
        this.gate = gate;
        this.others = others;
    }

    /// Time limit of the next attempt when `left` nanoseconds of the budget are left.
    Duration timeLimit(long left) {
        return Duration.ofNanos(Math.max(1_000_000, others.getAsBoolean() ? Math.min(left, ATTEMPT_NANOS) : left));
    }

    /// The result of `call`, which receives the time limit of each attempt.
    /// @throws EtcdFailure when a further attempt cannot help: refused, compacted, future
    /// @throws DatastoreUnavailable when the budget is spent or the store is closed
    <T> T call(String what, Duration budget, Function<Duration, T> call) {
        long deadline = System.nanoTime() + budget.toNanos();
        long left = budget.toNanos();
        for (int n = 0;; n++) {
            gate.check();
            try {
                return call.apply(timeLimit(left));
            } catch (EtcdFailure e) {
                if (isFinal(e)) {
                    throw e;
                }
                gate.pause(pause(e, n));
                // looked at once: what is found to be enough is what the next attempt gets
                left = deadline - System.nanoTime();
                if (left < MIN_ATTEMPT_NANOS || Thread.currentThread().isInterrupted()) {
                    throw unavailable(what, e, false);
                }
            }
        }
    }

    /// Milliseconds to wait after attempt number `n`, counted from 0. Doubles each time for an overloaded
    /// cluster.
    static long pause(EtcdFailure failure, int n) {
        return failure.kind() != EtcdFailure.Kind.OVERLOADED ? PAUSE_MILLIS
                : Math.min(LONGEST_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(n, Integer.SIZE / 2));
    }

    /// Whether the budget is too small for another attempt.
    static boolean expired(long deadline) {
        return deadline - System.nanoTime() < MIN_ATTEMPT_NANOS;
    }

    /// Whether another attempt would fail in the same way.
    static boolean isFinal(EtcdFailure failure) {
        return switch (failure.kind()) {
            case COMPACTED, FUTURE, REFUSED -> true;
            case OVERLOADED, UNREACHABLE, UNCERTAIN, UNHEALTHY -> false;
        };
    }

    /// The exception for callers of the datastore.
    static DatastoreUnavailable unavailable(String what, EtcdFailure why, boolean outcomeUnknown) {
        return new DatastoreUnavailable(what + ": " + why.getMessage(), why, outcomeUnknown);
    }
}
