package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/// What a suite needs from a driver's test, and the words its tests are written in.
public interface Conformance {
    /// How long a test waits for something that must happen.
    Duration PATIENCE = Duration.ofSeconds(60);
    /// For what is there already.
    Duration MOMENT = Duration.ofMillis(1);

    /// The open store; empty at the beginning of each test.
    Datastore store();

    /// How many revisions the driver may have taken so far beside those of the test's changes: one for each creation
    /// whose outcome it did not know, to settle it. None while every outcome was known.
    default int furtherRevisions() {
        return 0;
    }

    /// Expects a revision, or one as much further as [#furtherRevisions] allows.
    default void expect(long revision, long actual) {
        Assertions.assertThat(actual).isBetween(revision, revision + furtherRevisions());
    }

    /// UTF-8 bytes.
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The value as text.
    static String text(Entry entry) {
        return new String(entry.value(), StandardCharsets.UTF_8);
    }

    /// The revision of a commit that must have happened.
    static long committed(CommitResult result) {
        Assertions.assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).revision();
    }

    /// The conflict of a commit that must not have happened.
    static CommitResult.Conflict refused(CommitResult result) {
        Assertions.assertThat(result).isInstanceOf(CommitResult.Conflict.class);
        return (CommitResult.Conflict) result;
    }

    /// Commits for ever; expects success.
    default long put(String key, long expected, String value) {
        return committed(store().commit(key, expected, bytes(value), Duration.ZERO));
    }

    /// Deletes; expects success.
    default long remove(String key, long expected) {
        return committed(store().delete(key, expected));
    }

    /// The keys of a range, in order.
    default List<String> keys(String prefix, long revision) {
        return store().range(prefix, "", 0, revision).entries().stream().map(Entry::key).toList();
    }

    /// The next `count` changes of a watch.
    static List<Change> take(Watch watch, int count) {
        List<Change> found = new ArrayList<>();
        // many of them take a slow machine longer than one does
        long deadline = System.nanoTime() + 5 * PATIENCE.toNanos();
        while (found.size() < count && System.nanoTime() < deadline) {
            found.addAll(next(watch, PATIENCE).changes());
        }
        Assertions.assertThat(found).hasSize(count);
        return found;
    }

    /// All that a watch tells up to a revision, of which it may hear late.
    static Watch.Batch upTo(Watch watch, long revision) {
        List<Change> told = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Watch.Batch batch = next(watch, MOMENT);
        while (!batch.changes().isEmpty() || batch.revision() < revision && System.nanoTime() < deadline) {
            told.addAll(batch.changes());
            batch = next(watch, MOMENT);
        }
        return new Watch.Batch(told, batch.revision());
    }

    /// What `work` gives once its store is no longer unavailable. It is repeated whatever the reason was, and whether
    /// or not it may have happened.
    ///
    /// @throws DatastoreUnavailable as the last try, when it still is for longer than tests wait
    static <T> T eventually(Supplier<T> work) {
        return eventually(work, PATIENCE);
    }

    /// The same.
    ///
    /// @throws DatastoreUnavailable as the last try, when it still is after that time
    static <T> T eventually(Supplier<T> work, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return work.get();
            } catch (DatastoreUnavailable e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    /// One batch.
    static Watch.Batch next(Watch watch, Duration atMost) {
        try {
            return watch.next(atMost);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// How many bytes a page with a limit has at most, about.
    default long largestPage() {
        return 16L << 20;
    }
}
