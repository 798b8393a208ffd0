package io.k3j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import io.k3j.datastorememory.MemoryDatastore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Copies between stores that change meanwhile, or are far ahead.
class DatastoreCopyTest {
    private static final String EVENT = "/registry/events/default/e";
    private static final String POD = "/registry/pods/default/p";
    private static final long MUCH = 1L << 20;
    private final MemoryDatastore from = new MemoryDatastore();
    private final MemoryDatastore target = new MemoryDatastore();
    private final Told to = new Told(target, 0);

    @AfterEach
    void close() {
        from.close();
        target.close();
    }

    private static long put(Datastore store, String key, long expected) {
        return ((CommitResult.Committed) store.commit(key, expected, key.getBytes(UTF_8), Duration.ZERO)).revision();
    }

    private DatastoreCopy.Content copied(Datastore source, long heldBytes) throws InterruptedException {
        return new DatastoreCopy(source, to, told -> {
        }, heldBytes).run("etcd");
    }

    /// Runs once, when the first key is written.
    private void meanwhile(Runnable change) {
        to.meanwhile.set(change);
    }

    private List<String> copiedKeys() {
        return target.range("/registry/", "", 0, 0).entries().stream().map(Entry::key).toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, MUCH})
    void anEventThatEndsMeanwhileIsNoChangeOfTheSource(long heldBytes) throws InterruptedException {
        put(from, POD, 0);
        long event = put(from, EVENT, 0);
        meanwhile(() -> from.delete(EVENT, event));
        assertThat(copied(from, heldBytes).keys()).isEqualTo(1);
        assertThat(copiedKeys()).contains(POD);
    }

    @Test
    void eventsAreCopiedAndNotCounted() throws InterruptedException {
        put(from, EVENT, 0);
        put(from, POD, 0);
        assertThat(copied(from, 0).keys()).isEqualTo(1);
        assertThat(copiedKeys()).containsExactly(EVENT, POD);
    }

    @Test
    void anObjectThatChangesMeanwhileIsTold() {
        put(from, POD, 0);
        meanwhile(() -> put(from, POD + "2", 0));
        assertThatThrownBy(() -> copied(from, MUCH)).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("the source has changed");
    }

    @Test
    void whatOnlyRunningServersNeedStaysBehind() throws InterruptedException {
        put(from, "/registry/masterleases/10.0.0.1", 0);
        put(from, "k3s/etcd-restart", 0);
        put(from, POD, 0);
        assertThat(copied(from, MUCH).keys()).isEqualTo(1);
        assertThat(target.range("", "", 0, 0).entries()).extracting(Entry::key).containsExactly(POD,
                DatastoreCopy.COPIED);
    }

    @Test
    void aFarRevisionIsReachedWithoutFillingTheTarget() throws InterruptedException {
        put(from, POD, 0);
        copied(new Told(from, 350_000), MUCH);
        assertThat(target.revision()).isGreaterThanOrEqualTo(350_000);
        assertThat(to.mostKept.get()).isLessThan(150_000);
        assertThat(copiedKeys()).containsExactly(POD);
    }

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    /// Copies by a clock that pauses move.
    private DatastoreCopy.Content patientlyCopied() throws InterruptedException {
        return new DatastoreCopy(from, to, told::add, MUCH, new RetriedDatastore.Pace(now::get,
                pause -> now.updateAndGet(before -> before.plus(pause)))).run("etcd");
    }

    private static DatastoreUnavailable late(boolean outcomeUnknown) {
        return new DatastoreUnavailable("no answer in time", new IOException("late"), outcomeUnknown);
    }

    @Test
    void oneLateAnswerEndsNoCopy() throws InterruptedException {
        put(from, POD, 0);
        meanwhile(() -> {
            throw late(false);
        });
        assertThat(patientlyCopied().keys()).isEqualTo(1);
        assertThat(copiedKeys()).containsExactly(POD);
        assertThat(told).containsExactly("the target does not answer, trying again for 60 s: no answer in time");
    }

    @Test
    void whatWasWrittenAllTheSameIsNotTakenForSomebodyElses() throws InterruptedException {
        put(from, POD, 0);
        meanwhile(() -> {
            put(target, POD, 0);
            throw late(true);
        });
        assertThat(patientlyCopied().keys()).isEqualTo(1);
        assertThat(copiedKeys()).containsExactly(POD);
    }

    @Test
    void whoNeverAnswersEndsTheCopyAfterAMinute() {
        put(from, POD, 0);
        to.fails.set(true);
        assertThatThrownBy(this::patientlyCopied).isInstanceOf(DatastoreUnavailable.class);
        assertThat(now.get()).isEqualTo(Instant.EPOCH.plus(RetriedDatastore.PATIENCE));
    }

    /// A store to which something happens while it is written to, and that tells how much it had to keep.
    private static final class Told implements Datastore {
        private final Datastore store;
        private final long least;
        private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
        });
        private final AtomicLong mostKept = new AtomicLong();
        private final AtomicBoolean fails = new AtomicBoolean();

        /// @param least the lowest revision it says it is at
        Told(Datastore store, long least) {
            this.store = store;
            this.least = least;
        }

        @Override
        public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive,
                Unchanged... alsoUnchanged) {
            if (fails.get()) {
                throw late(false);
            }
            meanwhile.getAndSet(() -> {
            }).run();
            CommitResult result = store.commit(key, expected, value, timeToLive, alsoUnchanged);
            if (result instanceof CommitResult.Committed(long made)) {
                mostKept.accumulateAndGet(made - store.compactRevision(), Math::max);
            }
            return result;
        }

        @Override
        public CommitResult delete(String key, long expected, Unchanged... alsoUnchanged) {
            return store.delete(key, expected, alsoUnchanged);
        }

        @Override
        public Optional<Entry> get(String key) {
            return store.get(key);
        }

        @Override
        public Optional<Entry> get(String key, long revision) {
            return store.get(key, revision);
        }

        @Override
        public Page range(String prefix, String start, int limit, long revision) {
            return store.range(prefix, start, limit, revision);
        }

        @Override
        public Count count(String prefix) {
            return store.count(prefix);
        }

        @Override
        public Watch watch(String prefix, long afterRevision) {
            return store.watch(prefix, afterRevision);
        }

        @Override
        public long revision() {
            return Math.max(least, store.revision());
        }

        @Override
        public long compactRevision() {
            return store.compactRevision();
        }

        @Override
        public long compact(long revision) {
            return store.compact(revision);
        }

        @Override
        public long size() {
            return store.size();
        }
    }
}
