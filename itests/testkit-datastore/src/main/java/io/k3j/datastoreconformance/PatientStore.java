package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/// A store for tests that are about what it answers, not how soon: what it could not do in its own time, and certainly
/// has not done, is asked again for as long as tests wait. A driver gives a question up after two seconds, and the one
/// for the newest revision after 0.9, which are few on a machine that does other things as well.
///
/// A change whose outcome is unknown is sent again, too, and what is in its way then tells whether it has happened. So
/// whoever writes a key in rivalry with others writes values that nobody else does, and deletes it alone.
///
/// @param store the driver's
/// @param late what is refused sooner was not for want of time, and is not asked again
/// @param doubted called for each creation whose outcome is unknown, before it is sent again
public record PatientStore(Datastore store, Duration late, Runnable doubted) implements Datastore {
    private static final Duration LATE = Duration.ofMillis(500);
    private static final long PAUSE_NANOS = 1_000_000;

    /// One at which nothing happens.
    public PatientStore(Datastore store) {
        this(store, () -> {
        });
    }

    /// The same.
    public PatientStore(Datastore store, Runnable doubted) {
        this(store, LATE, doubted);
    }

    /// One that is out of reach for a while: it is asked again whatever the reason was.
    public static PatientStore untilBack(Datastore store) {
        return new PatientStore(store, Duration.ZERO, () -> {
        });
    }

    /// Asks a question, and again when its answer was late: an opening of a store, say, which has its own time as well.
    public static <R> R asked(Supplier<R> question) {
        return asked(question, LATE);
    }

    private static <R> R asked(Supplier<R> question, Duration late) {
        long end = System.nanoTime() + Conformance.PATIENCE.toNanos();
        while (true) {
            long begun = System.nanoTime();
            try {
                return question.get();
            } catch (DatastoreUnavailable e) {
                boolean soon = System.nanoTime() - begun < late.toNanos();
                if (soon || e.outcomeUnknown() || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        return resolved(() -> store.commit(key, expected, value, timeToLive, alsoUnchanged),
                conflict -> happened(key, expected, value, conflict), expected == 0);
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        return resolved(() -> store.delete(key, expected, alsoUnchanged),
                conflict -> deleted(key, expected, conflict), false);
    }

    /// @param second what a conflict means when a try before it may have happened; empty: nobody can tell
    private CommitResult resolved(Supplier<CommitResult> change,
            Function<CommitResult.Conflict, Optional<CommitResult>> second, boolean creates) {
        long end = System.nanoTime() + Conformance.PATIENCE.toNanos();
        DatastoreUnavailable unknown = null;
        while (true) {
            CommitResult result;
            try {
                result = asked(change, late);
            } catch (DatastoreUnavailable e) {
                if (!e.outcomeUnknown() || System.nanoTime() > end) {
                    throw unknown == null ? e : unknown;
                }
                unknown = e;
                if (creates) {
                    doubted.run();
                }
                continue;
            }
            if (unknown == null || !(result instanceof CommitResult.Conflict conflict)) {
                return result;
            }
            DatastoreUnavailable first = unknown;
            return second.apply(conflict).orElseThrow(() -> first);
        }
    }

    /// Looks for the value, back to what was to be replaced.
    private Optional<CommitResult> happened(String key, long expected, byte[] value, CommitResult.Conflict conflict) {
        Optional<Entry> version = conflict.current();
        while (version.isPresent() && version.get().revision() > expected) {
            Entry entry = version.get();
            if (Arrays.equals(entry.value(), value)) {
                return Optional.of(new CommitResult.Committed(entry.revision()));
            }
            boolean first = entry.revision() == entry.createRevision();
            version = first ? Optional.empty() : get(key, entry.revision() - 1);
        }
        return version.isPresent() || expected == 0 ? Optional.of(conflict) : Optional.empty();
    }

    /// Looks for the end of what was to be deleted. Nobody else deletes it, so that it has happened where the key is
    /// gone; its revision is the compaction's where that has taken the end away meanwhile.
    private Optional<CommitResult> deleted(String key, long expected, CommitResult.Conflict conflict) {
        if (conflict.current().isPresent()) {
            return Optional.of(conflict);
        }
        try (Watch watch = watch(key, expected)) {
            return Conformance.next(watch, Conformance.PATIENCE).changes().stream()
                    .filter(change -> change.key().equals(key)).findFirst()
                    .<CommitResult>map(change -> new CommitResult.Committed(change.revision()));
        } catch (Compacted e) {
            return Optional.of(new CommitResult.Committed(e.revision()));
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        return asked(() -> store.get(key), late);
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return asked(() -> store.get(key, revision), late);
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return asked(() -> store.range(prefix, start, limit, revision), late);
    }

    @Override
    public Count count(String prefix) {
        return asked(() -> store.count(prefix), late);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return asked(() -> store.watch(prefix, afterRevision), late);
    }

    @Override
    public boolean shared() {
        return store.shared();
    }

    @Override
    public long revision() {
        return asked(store::revision, late);
    }

    @Override
    public long compactRevision() {
        return asked(store::compactRevision, late);
    }

    @Override
    public long compact(long revision) {
        return asked(() -> store.compact(revision), late);
    }

    @Override
    public long size() {
        return asked(store::size, late);
    }
}
