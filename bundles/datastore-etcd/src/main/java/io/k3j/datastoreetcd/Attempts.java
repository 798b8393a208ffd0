package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.jetcd.EtcdFailure;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Calls that may be made twice, made again until their time is over.
final class Attempts {
    /// Between two attempts.
    static final long PAUSE_MILLIS = 25;
    /// The longest pause before an overloaded cluster is asked again.
    private static final long LONGEST_PAUSE_MILLIS = 400;
    /// After which another member is asked, when there is one.
    private static final long ONE_NANOS = 800_000_000;
    /// An attempt with less could only fail for want of time, which would hide why the one before did.
    private static final long LEAST_NANOS = 50_000_000;
    private final Gate gate;
    private final BooleanSupplier others;

    /// `others`: whether there is more than one endpoint to go to.
    Attempts(Gate gate, BooleanSupplier others) {
        this.gate = gate;
        this.others = others;
    }

    /// How long the next attempt may take when `left` nanoseconds are left.
    Duration next(long left) {
        return Duration.ofNanos(Math.max(1_000_000, others.getAsBoolean() ? Math.min(left, ONE_NANOS) : left));
    }

    /// The answer of `call`, which gets the time of each attempt.
    /// @throws EtcdFailure when another attempt would not help: refused, compacted, future
    /// @throws DatastoreUnavailable when the time is over
    <T> T call(String what, Duration budget, Function<Duration, T> call) {
        long deadline = System.nanoTime() + budget.toNanos();
        for (int n = 0;; n++) {
            gate.check();
            try {
                return call.apply(next(deadline - System.nanoTime()));
            } catch (EtcdFailure e) {
                if (isFinal(e)) {
                    throw e;
                }
                gate.pause(pause(e, n));
                if (over(deadline) || Thread.currentThread().isInterrupted()) {
                    throw unavailable(what, e, false);
                }
            }
        }
    }

    /// How many milliseconds to wait after the failure of attempt number `n`, counted from 0. What is overloaded is
    /// left alone for twice as long each time.
    static long pause(EtcdFailure failure, int n) {
        return failure.kind() != EtcdFailure.Kind.OVERLOADED ? PAUSE_MILLIS
                : Math.min(LONGEST_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(n, Integer.SIZE / 2));
    }

    /// Whether there is no time for another attempt.
    static boolean over(long deadline) {
        return deadline - System.nanoTime() < LEAST_NANOS;
    }

    /// Whether another attempt would be answered just so.
    static boolean isFinal(EtcdFailure failure) {
        return switch (failure.kind()) {
            case COMPACTED, FUTURE, REFUSED -> true;
            case OVERLOADED, UNREACHABLE, UNCERTAIN, UNHEALTHY -> false;
        };
    }

    /// What callers of the datastore hear.
    static DatastoreUnavailable unavailable(String what, EtcdFailure why, boolean outcomeUnknown) {
        return new DatastoreUnavailable(what + ": " + why.getMessage(), why, outcomeUnknown);
    }
}
