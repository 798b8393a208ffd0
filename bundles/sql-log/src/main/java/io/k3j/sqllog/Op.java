package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Unchanged;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One commit on its way through the writer: what is asked, what the caller saw, and what became of it.
final class Op {
    final String key;
    final long expected;
    /// Null deletes.
    final byte @Nullable [] value;
    final long timeToLiveNanos;
    final List<Unchanged> unchanged;
    /// The key's newest row at `seenAt` or later, read by the caller before it queued up.
    final Head seen;
    final long seenAt;
    private final Thread caller = Thread.currentThread();
    private volatile @Nullable Outcome outcome;

    Op(Request request, Head seen, long seenAt) {
        key = request.key;
        expected = request.expected;
        value = request.value;
        timeToLiveNanos = request.timeToLiveNanos;
        unchanged = request.unchanged;
        this.seen = seen;
        this.seenAt = seenAt;
    }

    void finish(Outcome what) {
        outcome = what;
        LockSupport.unpark(caller);
    }

    boolean finished() {
        return outcome != null;
    }

    /// Waits for the outcome. An interrupt does not end the wait (a commit cannot be taken back); it is kept.
    Outcome await() {
        boolean interrupted = false;
        Outcome result = outcome;
        while (result == null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
            result = outcome;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }

    /// The lease column: whole seconds, rounded up.
    long leaseSeconds() {
        return (timeToLiveNanos + 999_999_999L) / 1_000_000_000L;
    }

    /// What is asked for.
    record Request(String key, long expected, byte @Nullable [] value, long timeToLiveNanos,
            List<Unchanged> unchanged) {
    }

    /// What became of it.
    sealed interface Outcome {
        record Done(long revision) implements Outcome {
        }

        record Conflict(Head current) implements Outcome {
        }

        record OtherChanged(String key) implements Outcome {
        }

        record Failed(DatastoreUnavailable why) implements Outcome {
        }
    }
}
