package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What must hold over a stop and a start, for drivers that keep their data.
public interface Restarts extends Conformance {
    /// Closes the store in order and opens it again; `store()` is the new one afterwards.
    void reopen();

    @Test
    default void valuesRevisionsAndHistorySurvive() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        long gone = remove("/b", put("/b", 0, "1"));
        reopen();
        assertThat(store().revision()).isEqualTo(gone);
        assertThat(store().get("/a", first)).map(Conformance::text).hasValue("1");
        assertThat(store().get("/a")).get().satisfies(entry -> {
            assertThat(entry.revision()).isEqualTo(second);
            assertThat(entry.createRevision()).isEqualTo(first);
        });
        expect(gone + 1, put("/b", 0, "2"));
        expect(gone + 2, put("/a", second, "3"));
    }

    @Test
    default void noRevisionIsGivenOutTwiceEvenWhenItsRowIsGone() {
        long gone = remove("/a", put("/a", 0, "1"));
        store().compact(gone);
        reopen();
        assertThat(store().revision()).isEqualTo(gone);
        expect(gone + 1, put("/a", 0, "2"));
        store().compact(store().revision());
        reopen();
        expect(gone + 2, put("/b", 0, "2"));
    }

    @Test
    default void theCompactionRevisionSurvives() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        store().compact(second);
        reopen();
        assertThat(store().compactRevision()).isEqualTo(second);
        assertThatThrownBy(() -> store().get("/a", first)).isInstanceOf(Compacted.class);
        assertThatThrownBy(() -> store().watch("/", first)).isInstanceOf(Compacted.class);
    }

    @Test
    default void aWatchResumesWhereItsPredecessorEnded() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        long third = remove("/a", second);
        reopen();
        try (Watch watch = store().watch("/", first)) {
            long fourth = put("/a", 0, "3");
            assertThat(take(watch, 3)).extracting(Change::revision).containsExactly(second, third, fourth);
        }
    }

    /// kine 2024-07 #311: keys with a time to live stayed for ever after a restart that followed a compaction.
    @Test
    default void timesToLiveStartAnew() {
        long made = committed(store().commit("/event", 0, bytes("1"), Duration.ofSeconds(1)));
        store().compact(made);
        reopen();
        try (Watch watch = store().watch("/event", made)) {
            assertThat(take(watch, 1).getFirst().deletion()).isTrue();
        }
    }

    @Test
    default void stoppingEndsWatchesAndRefusesCommitsClearly() throws InterruptedException {
        Datastore old = store();
        Watch watch = old.watch("/", old.revision());
        Thread stopper = Thread.ofVirtual().start(this::reopen);
        assertThatThrownBy(() -> watch.next(PATIENCE)).isInstanceOf(DatastoreUnavailable.class);
        stopper.join();
        assertThatThrownBy(() -> old.commit("/a", 0, bytes("1"), Duration.ZERO))
                .isInstanceOfSatisfying(DatastoreUnavailable.class, e -> assertThat(e.outcomeUnknown()).isFalse());
        assertThat(store().get("/a")).isEmpty();
    }

    @Test
    default void stoppingUnderLoadKeepsExactlyWhatWasAcknowledged() {
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        Datastore old = store();
        Load.parallel(33, 33, i -> {
            if (i == 32) {
                while (acknowledged.get() < 500) {
                    LockSupport.parkNanos(1_000_000);
                }
                reopen();
                return;
            }
            for (int k = 0; k < 100_000; k++) {
                try {
                    committed(old.commit("/k/" + i + "/" + k, 0, bytes("1"), Duration.ZERO));
                    acknowledged.incrementAndGet();
                } catch (DatastoreUnavailable e) {
                    (e.outcomeUnknown() ? unknown : refused).incrementAndGet();
                    return;
                }
            }
        });
        assertThat(refused.get() + unknown.get()).isEqualTo(32);
        assertThat(store().count("/k/").keys()).as("%s acknowledged, of %s nobody knows", acknowledged, unknown)
                .isBetween(acknowledged.longValue(), acknowledged.longValue() + unknown.get());
    }
}
