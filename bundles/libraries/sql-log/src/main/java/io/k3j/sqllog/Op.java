package io.k3j.sqllog;

import io.k3j.componentbase.Deadlines;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Unchanged;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One commit on its way through the writer: what is asked, what the caller saw, and what became of it.
///
/// ```
/// QUEUED ─► TAKEN ─► COMMITTING ─► outcome        the caller's time over: GIVEN_UP, wherever it is;
///             ▲──────────┘ once more               only in COMMITTING it may have happened
/// ```
final class Op {
    final String key;
    final long expected;
    /// Null deletes.
    final byte @Nullable [] value;
    final long timeToLiveNanos;
    final List<Unchanged> unchanged;
    /// The key's newest row at `seenAt` or later, read by the caller before it queued up; null when it could not.
    final @Nullable Head seen;
    final long seenAt;
    private final Thread caller = Thread.currentThread();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
    private volatile @Nullable Outcome outcome;

    /// Made by the thread that will wait.
    Op(Request request, @Nullable Head seen, long seenAt) {
        key = request.key;
        expected = request.expected;
        value = request.value;
        timeToLiveNanos = request.timeToLiveNanos;
        unchanged = request.unchanged;
        this.seen = seen;
        this.seenAt = seenAt;
    }

    /// Says what became of it and wakes the caller; whoever has given up does not hear it.
    void finish(Outcome what) {
        outcome = what;
        LockSupport.unpark(caller);
    }

    /// Whether it has an outcome, be it that nobody waits for it any more.
    boolean finished() {
        return outcome != null;
    }

    /// Takes it into a group; false when its caller has given up meanwhile.
    boolean take() {
        return stage.compareAndSet(Stage.QUEUED, Stage.TAKEN) || stage.compareAndSet(Stage.COMMITTING, Stage.TAKEN)
                || stage.get() == Stage.TAKEN;
    }

    /// From now on it may happen; false when its caller has given up meanwhile.
    boolean commits() {
        return stage.compareAndSet(Stage.TAKEN, Stage.COMMITTING);
    }

    /// Waits for the outcome, up to `nanos`: then it is given up, and `late` says how that ends, being told whether
    /// it may have happened all the same. An interrupt does not end the wait (a commit cannot be taken back); it is
    /// kept.
    Outcome await(Deadlines deadlines, long nanos, Function<Boolean, Outcome> late) {
        boolean interrupted = false;
        long start = System.nanoTime();
        Outcome result = outcome;
        while (result == null) {
            long left = nanos - (System.nanoTime() - start);
            if (left <= 0) {
                boolean doubt = stage.getAndSet(Stage.GIVEN_UP) == Stage.COMMITTING;
                Outcome now = outcome;
                result = now == null ? late.apply(doubt) : now;
                break;
            }
            deadlines.park(this, left);
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

    private enum Stage {
        QUEUED, TAKEN, COMMITTING, GIVEN_UP
    }

    /// What is asked for.
    /// As the caller of [SqlLog] says it; `value` null deletes, a time to live of 0 means for ever.
    record Request(String key, long expected, byte @Nullable [] value, long timeToLiveNanos,
            List<Unchanged> unchanged) {
    }

    /// What became of it.
    sealed interface Outcome {
        /// It is on stable storage.
        record Done(long revision) implements Outcome {
        }

        /// The key is at another revision than expected.
        record Conflict(Head current) implements Outcome {
        }

        /// Another key that had to stay as it was has changed, as the Lease of a leader.
        record OtherChanged(String key) implements Outcome {
        }

        /// Not carried out, or not known to be.
        record Failed(DatastoreUnavailable why) implements Outcome {
        }
    }
}
