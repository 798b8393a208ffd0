package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.next;
import static io.k3j.datastoreconformance.Conformance.take;
import static io.k3j.datastoreconformance.Conformance.upTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Guarantee 6: watches.
public interface WatchGuarantees extends Conformance {
    @Test
    default void aWatchTellsEveryChangeOfItsPrefixInOrder() {
        long before = store().revision();
        try (Watch watch = store().watch("/p/", before)) {
            long first = put("/p/a", 0, "1");
            put("/q/a", 0, "other");
            long second = put("/p/a", first, "2");
            long third = remove("/p/a", second);
            long fourth = put("/p/a", 0, "3");
            assertThat(take(watch, 4)).extracting(Change::revision).containsExactly(first, second, third, fourth);
        }
    }

    @Test
    default void aChangeSaysWhatItIsAndWhatWasBefore() {
        try (Watch watch = store().watch("/", store().revision())) {
            long first = put("/a", 0, "1");
            long second = put("/a", first, "2");
            long third = remove("/a", second);
            List<Change> changes = take(watch, 3);
            assertThat(changes.get(0).creation()).isTrue();
            assertThat(changes.get(0).createRevision()).isEqualTo(first);
            assertThat(changes.get(1).before()).get().satisfies(entry -> {
                assertThat(Conformance.text(entry)).isEqualTo("1");
                assertThat(entry.revision()).isEqualTo(first);
            });
            assertThat(changes.get(1).createRevision()).isEqualTo(first);
            assertThat(changes.get(1).bytes()).isEqualTo(Conformance.bytes("2"));
            assertThat(changes.get(2).deletion()).isTrue();
            assertThat(changes.get(2).revision()).isEqualTo(third);
            assertThat(changes.get(2).before()).get().satisfies(entry -> {
                assertThat(Conformance.text(entry)).isEqualTo("2");
                assertThat(entry.revision()).isEqualTo(second);
                assertThat(entry.createRevision()).isEqualTo(first);
            });
        }
    }

    @Test
    default void aWatchFromThePastTellsThePastFirst() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        try (Watch watch = store().watch("/", first)) {
            assertThat(take(watch, 1)).extracting(Change::revision).containsExactly(second);
            long third = put("/b", 0, "1");
            assertThat(take(watch, 1)).extracting(Change::revision).containsExactly(third);
        }
    }

    @Test
    default void aListAndAWatchFromItsRevisionMissNothing() {
        put("/p/a", 0, "1");
        long revision = store().range("/p/", "", 0, 0).revision();
        long later = put("/p/b", 0, "1");
        try (Watch watch = store().watch("/p/", revision)) {
            assertThat(take(watch, 1)).extracting(Change::revision).containsExactly(later);
        }
    }

    @Test
    default void aQuietWatchReturnsAnEmptyBatchWithProgress() {
        long before = store().revision();
        try (Watch watch = store().watch("/p/", before)) {
            Watch.Batch quiet = next(watch, Duration.ofMillis(20));
            assertThat(quiet.changes()).isEmpty();
            assertThat(quiet.revision()).isEqualTo(before);
            long other = put("/q", 0, "1");
            Watch.Batch later = upTo(watch, other);
            assertThat(later.changes()).isEmpty();
            expect(other, later.revision());
        }
    }

    /// kine 2025-12 … 2026-03: progress was told before the events it covers, or with revision 0.
    @Test
    default void progressNeverRunsAheadOfWhatWasTold() {
        try (Watch watch = store().watch("/p/", 0)) {
            long told = 0;
            for (int i = 0; i < 200; i++) {
                long revision = put((i % 3 == 0 ? "/p/" : "/q/") + i, 0, "1");
                Watch.Batch batch = next(watch, i % 3 == 0 ? PATIENCE : MOMENT);
                assertThat(batch.revision()).isGreaterThanOrEqualTo(Math.max(1, told));
                for (Change change : batch.changes()) {
                    assertThat(change.revision()).isGreaterThan(told).isLessThanOrEqualTo(batch.revision());
                }
                told = batch.revision();
                if (i % 3 == 0) {
                    assertThat(batch.changes()).extracting(Change::revision).containsExactly(revision);
                }
            }
        }
    }

    @Test
    default void aWatchAheadOfTheStoreWaits() {
        long revision = store().revision() + 2;
        try (Watch watch = store().watch("/", revision)) {
            long first = put("/a", 0, "1");
            long second = put("/b", 0, "1");
            expect(revision, second);
            if (furtherRevisions() == 0) {
                assertThat(next(watch, Duration.ofMillis(20))).isEqualTo(new Watch.Batch(List.of(), revision));
            }
            long third = put("/c", 0, "1");
            List<Long> later = Stream.of(first, second, third).filter(each -> each > revision).toList();
            assertThat(take(watch, later.size())).extracting(Change::revision).containsExactlyElementsOf(later);
        }
    }

    @Test
    default void closingAWatchEndsItsWait() throws InterruptedException {
        Watch watch = store().watch("/", store().revision());
        Thread closer = Thread.ofVirtual().start(watch::close);
        assertThat(watch.next(PATIENCE).changes()).isEmpty();
        closer.join();
    }

    @Test
    default void aSlowWatchLosesNothing() {
        String value = "x".repeat(2_000);
        int changes = 20_000;
        try (Watch watch = store().watch("/slow/", store().revision())) {
            Load.parallel(64, changes, i -> put("/slow/" + i, 0, value));
            List<Change> told = take(watch, changes);
            assertThat(told).extracting(Change::revision).isSorted().doesNotHaveDuplicates();
        }
    }

    /// kine 2023-11 c1da9bf, #238: a watch at a compacted revision told some events before its error.
    @Test
    default void aWatchFromACompactedRevisionIsRefusedAtOnce() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        long third = put("/a", second, "3");
        store().compact(third);
        assertThatThrownBy(() -> store().watch("/", first)).isInstanceOfSatisfying(Compacted.class,
                e -> assertThat(e.revision()).isEqualTo(store().compactRevision()));
        try (Watch watch = store().watch("/", third)) {
            long fourth = put("/a", third, "4");
            assertThat(take(watch, 1)).extracting(Change::revision).containsExactly(fourth);
        }
    }
}
