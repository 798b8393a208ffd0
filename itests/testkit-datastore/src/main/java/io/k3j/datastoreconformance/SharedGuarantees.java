package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.next;
import static io.k3j.datastoreconformance.Conformance.take;
import static io.k3j.datastoreconformance.Conformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The guarantees with several servers at one store, for drivers whose stores are shared.
public interface SharedGuarantees extends Conformance {
    /// Far below the minutes of a watch that is woken by nothing but its own end.
    Duration BUSY_LATENCY = Duration.ofSeconds(30);

    /// A second driver instance on the same store, as another server has it.
    Datastore other();

    /// How long a change may take to a watch of the other server when nothing else happens. Asserted under
    /// `-Pfull`; beside other work of the machine it may take [#BUSY_LATENCY].
    Duration idleLatency();

    private Datastore either(int i) {
        return i % 2 == 0 ? store() : other();
    }

    @Test
    default void bothSayThatTheStoreIsShared() {
        assertThat(store().shared()).isTrue();
        assertThat(other().shared()).isTrue();
    }

    @Test
    default void whatOneHasAcknowledgedTheOtherReads() {
        for (int i = 0; i < 50; i++) {
            long mine = committed(either(i).commit("/k/" + i, 0, bytes("1"), Duration.ZERO));
            Datastore there = either(i + 1);
            assertThat(there.get("/k/" + i)).map(Entry::revision).hasValue(mine);
            assertThat(there.range("/k/", "", 0, 0).entries()).hasSize(i + 1);
            assertThat(there.count("/k/").keys()).isEqualTo(i + 1);
            assertThat(there.revision()).isGreaterThanOrEqualTo(mine);
            assertThat(there.get("/k/" + i, mine)).isPresent();
        }
    }

    /// Also while both are taking in each other's rows.
    @Test
    default void whatOneHasAcknowledgedTheRevisionOfTheOtherCovers() {
        Load.parallel(16, 800, i -> {
            long mine = committed(either(i).commit("/k/" + i, 0, bytes("1"), Duration.ZERO));
            assertThat(either(i + 1).revision()).isGreaterThanOrEqualTo(mine);
        });
    }

    @Test
    default void bothWatchesTellEveryChangeOfBothOnceAndInTheSameOrder() {
        int threads = 16;
        int rounds = 150;
        Map<Long, String> acknowledged = new ConcurrentHashMap<>();
        long start = store().revision();
        try (Watch here = store().watch("/k/", start); Watch there = other().watch("/k/", start)) {
            Load.parallel(threads, threads, i -> {
                long revision = 0;
                for (int round = 0; round < rounds; round++) {
                    revision = committed(either(i + round).commit("/k/" + i, revision, bytes("" + round),
                            Duration.ZERO));
                    acknowledged.put(revision, "/k/" + i + "=" + round);
                }
            });
            List<Change> told = take(here, threads * rounds);
            assertThat(told).extracting(Change::revision).isSorted().doesNotHaveDuplicates();
            assertThat(told).allSatisfy(change -> assertThat(acknowledged)
                    .containsEntry(change.revision(), change.key() + "=" + new String(change.bytes())));
            assertThat(take(there, threads * rounds)).extracting(Change::revision)
                    .isEqualTo(told.stream().map(Change::revision).toList());
            assertThat(next(there, Duration.ofMillis(200)).changes()).isEmpty();
        }
    }

    @Test
    default void ofManyCreatorsThroughBothExactlyOneWins() {
        AtomicInteger winners = new AtomicInteger();
        Load.parallel(32, 640, i -> {
            if (either(i).commit("/race/" + i / 32, 0, bytes("" + i),
                    Duration.ZERO) instanceof CommitResult.Committed) {
                winners.incrementAndGet();
            }
        });
        assertThat(winners).hasValue(20);
    }

    @Test
    default void aCounterRaisedThroughBothLosesNoStep() {
        put("/counter", 0, "0");
        Load.parallel(8, 300, i -> ConcurrencyGuarantees.raise(either(i), " by " + i));
        assertThat(other().get("/counter")).map(ConcurrencyGuarantees::counted).hasValue(300);
    }

    /// A machine that is busy with something else delays everybody: the best of three rounds counts.
    @Test
    default void anIdleServerIsToldSoon() {
        long best = Long.MAX_VALUE;
        try (Watch there = other().watch("/k/", other().revision())) {
            for (int round = 0; round < 3 && best > idleLatency().toMillis(); round++) {
                best = Math.min(best, medianMillis(there, "/k/" + round + "/"));
            }
        }
        System.out.println(getClass().getSimpleName() + ": idle latency, median in ms: " + best);
        Duration promised = Boolean.getBoolean("k3j.full") ? idleLatency() : BUSY_LATENCY;
        assertThat(best).isLessThanOrEqualTo(promised.toMillis());
    }

    private long medianMillis(Watch there, String prefix) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            next(there, Duration.ofMillis(250));
            long start = System.nanoTime();
            put(prefix + i, 0, "1");
            take(there, 1);
            millis.add((System.nanoTime() - start) / 1_000_000);
        }
        millis.sort(Long::compare);
        return millis.get(millis.size() / 2);
    }

    @Test
    default void aKeyDeletedThroughOneIsMadeAgainThroughTheOther() {
        long revision = put("/a", 0, "0");
        for (int i = 0; i < 30; i++) {
            committed(either(i).delete("/a", revision));
            assertThat(either(i + 1).get("/a")).isEmpty();
            revision = committed(either(i + 1).commit("/a", 0, bytes("" + i), Duration.ZERO));
            assertThat(either(i).get("/a")).map(Entry::createRevision).hasValue(revision);
        }
    }

    @Test
    default void aWriterIsFencedByALeaseThatMovedThroughTheOther() {
        long lease = put("/lease", 0, "a");
        committed(other().commit("/lease", lease, bytes("b"), Duration.ZERO));
        CommitResult late = store().commit("/k", 0, bytes("1"), Duration.ZERO, new Unchanged("/lease", lease));
        assertThat(Conformance.refused(late).unchangedKey()).hasValue("/lease");
    }

    @Test
    default void compactionThroughBothUnderWritesLosesNoValue() throws InterruptedException {
        AtomicBoolean go = new AtomicBoolean(true);
        List<Thread> compactors = new ArrayList<>();
        for (int c = 0; c < 2; c++) {
            Datastore through = either(c);
            compactors.add(Thread.ofVirtual().start(() -> {
                while (go.get()) {
                    through.compact(through.revision());
                }
            }));
        }
        int keys = 20;
        int rounds = 15;
        try {
            Load.parallel(keys, keys, i -> {
                for (int round = 0; round < rounds; round++) {
                    long revision = committed(either(i + round).commit("/k/" + i, 0, bytes("a"), Duration.ZERO));
                    revision = committed(either(round).commit("/k/" + i, revision, bytes("b" + round), Duration.ZERO));
                    if (round < rounds - 1) {
                        committed(either(i).delete("/k/" + i, revision));
                    }
                }
            });
        } finally {
            go.set(false);
            for (Thread compactor : compactors) {
                compactor.join();
            }
        }
        for (int i = 0; i < 2; i++) {
            assertThat(either(i).range("/k/", "", 0, 0).entries()).hasSize(keys)
                    .allSatisfy(entry -> assertThat(text(entry)).isEqualTo("b" + (rounds - 1)));
        }
    }

    @Test
    default void aCompactionThroughOneBindsTheOther() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        other().compact(second);
        assertThat(store().get("/a", second)).map(Conformance::text).hasValue("2");
        assertThatThrownBy(() -> store().get("/a", first)).isInstanceOf(Compacted.class);
        assertThatThrownBy(() -> store().watch("/", first)).isInstanceOf(Compacted.class);
        assertThat(store().compactRevision()).isEqualTo(second);
    }

    @Test
    default void aTimeToLiveGivenThroughOneEndsOnceForBoth() {
        try (Watch there = other().watch("/", other().revision())) {
            committed(store().commit("/event", 0, bytes("1"), Duration.ofSeconds(1)));
            List<Change> changes = take(there, 2);
            assertThat(changes.get(1).deletion()).isTrue();
            assertThat(next(there, Duration.ofMillis(1_500)).changes()).isEmpty();
        }
    }
}
