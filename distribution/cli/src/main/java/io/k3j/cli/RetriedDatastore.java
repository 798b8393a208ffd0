package io.k3j.cli;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A store whose calls are made again while it does not answer: a copy takes hours, and one late answer is no reason
/// to begin anew. A change of which nobody knows whether it was made is looked up first. Nobody else may write to the
/// store, so what is found under its key is its own. Threads as the store's; a call blocks for [#PATIENCE] more at
/// most.
final class RetriedDatastore implements Datastore {
    /// How long after its first failure a call is made again; then the failure is the caller's.
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private final Datastore store;
    private final Consumer<String> progress;
    private final Pace pace;

    /// When calls are made again.
    ///
    /// @param clock one that nobody sets
    record Pace(InstantSource clock, Pause pause) {
        /// By the clock of this machine.
        static Pace system() {
            CountDownLatch never = new CountDownLatch(1);
            long begin = System.nanoTime();
            return new Pace(() -> Instant.EPOCH.plusNanos(System.nanoTime() - begin),
                    pause -> never.await(pause.toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    /// Waits.
    interface Pause {
        /// Waits for that long.
        void take(Duration pause) throws InterruptedException;
    }

    /// @param progress is told once of each call that is made again, with its reason
    RetriedDatastore(Datastore store, Consumer<String> progress, Pace pace) {
        this.store = store;
        this.progress = progress;
        this.pace = pace;
    }

    /// @throws DatastoreUnavailable the last one, when the patience is over or this thread is interrupted
    private <T> T again(Supplier<T> call) {
        Instant end = Instant.MAX;
        while (true) {
            try {
                return call.get();
            } catch (DatastoreUnavailable e) {
                Instant now = pace.clock.instant();
                if (end.equals(Instant.MAX)) {
                    end = now.plus(PATIENCE);
                    progress.accept("trying again for " + PATIENCE.toSeconds() + " s: " + e.getMessage());
                }
                if (!now.isBefore(end)) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private void pause(DatastoreUnavailable why) {
        try {
            pace.pause.take(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
            Unchanged... alsoUnchanged) {
        return change(() -> store.commit(key, expected, value, timeToLive, alsoUnchanged), () -> store.get(key)
                .filter(now -> now.revision() > expected && Arrays.equals(now.value(), value))
                .map(now -> new CommitResult.Committed(now.revision())));
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
        return change(() -> store.delete(key, expected, alsoUnchanged), () -> store.get(key).isPresent()
                ? Optional.empty()
                : Optional.of(new CommitResult.Committed(store.revision())));
    }

    /// @param made what a change has become that may have been made; empty: it was not
    private CommitResult change(Supplier<CommitResult> call, Supplier<Optional<CommitResult.Committed>> made) {
        boolean[] unknown = {false};
        return again(() -> {
            if (unknown[0]) {
                Optional<CommitResult.Committed> before = made.get();
                if (before.isPresent()) {
                    return before.get();
                }
            }
            try {
                return call.get();
            } catch (DatastoreUnavailable e) {
                unknown[0] |= e.outcomeUnknown();
                throw e;
            }
        });
    }

    @Override
    public Optional<Entry> get(String key) {
        return again(() -> store.get(key));
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return again(() -> store.get(key, revision));
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return again(() -> store.range(prefix, start, limit, revision));
    }

    @Override
    public Count count(String prefix) {
        return again(() -> store.count(prefix));
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return again(() -> store.watch(prefix, afterRevision));
    }

    @Override
    public boolean shared() {
        return store.shared();
    }

    @Override
    public long revision() {
        return again(store::revision);
    }

    @Override
    public long compactRevision() {
        return again(store::compactRevision);
    }

    @Override
    public long compact(long revision) {
        return again(() -> store.compact(revision));
    }

    @Override
    public long size() {
        return again(store::size);
    }
}
