package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// A store for tests that are about what it answers, not how soon: what it could not do in its own time, and certainly
/// has not done, is asked again for as long as tests wait. A driver gives a question up after two seconds, and the one
/// for the newest revision after 0.9, which are few on a machine that does other things as well.
///
/// @param store the driver's
public record PatientStore(Datastore store) implements Datastore {
    /// What is refused sooner was not for want of time.
    private static final Duration LATE = Duration.ofMillis(500);

    private static <R> R asked(Supplier<R> question) {
        long end = System.nanoTime() + Conformance.PATIENCE.toNanos();
        while (true) {
            long begun = System.nanoTime();
            try {
                return question.get();
            } catch (DatastoreUnavailable e) {
                boolean late = System.nanoTime() - begun > LATE.toNanos();
                if (!late || e.outcomeUnknown() || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        return asked(() -> store.commit(key, expected, value, timeToLive, alsoUnchanged));
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        return asked(() -> store.delete(key, expected, alsoUnchanged));
    }

    @Override
    public Optional<Entry> get(String key) {
        return asked(() -> store.get(key));
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return asked(() -> store.get(key, revision));
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return asked(() -> store.range(prefix, start, limit, revision));
    }

    @Override
    public Count count(String prefix) {
        return asked(() -> store.count(prefix));
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return asked(() -> store.watch(prefix, afterRevision));
    }

    @Override
    public boolean shared() {
        return store.shared();
    }

    @Override
    public long revision() {
        return asked(store::revision);
    }

    @Override
    public long compactRevision() {
        return asked(store::compactRevision);
    }

    @Override
    public long compact(long revision) {
        return asked(() -> store.compact(revision));
    }

    @Override
    public long size() {
        return asked(store::size);
    }
}
