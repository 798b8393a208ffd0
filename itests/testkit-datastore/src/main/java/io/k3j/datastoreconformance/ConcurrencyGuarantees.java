package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The guarantees with many callers at once.
public interface ConcurrencyGuarantees extends Conformance {
    @Test
    default void ofManyCreatorsOfOneKeyExactlyOneWins() {
        AtomicInteger winners = new AtomicInteger();
        Load.parallel(32, 320, i -> {
            String key = "/race/" + i / 32;
            if (store().commit(key, 0, bytes("" + i), Duration.ZERO) instanceof CommitResult.Committed) {
                winners.incrementAndGet();
            }
        });
        assertThat(winners).hasValue(10);
    }

    @Test
    default void aCounterRaisedByManyLosesNoStep() {
        put("/counter", 0, "0");
        Load.parallel(16, 400, i -> raise(store(), " by " + i));
        assertThat(store().get("/counter")).map(ConcurrencyGuarantees::counted).hasValue(400);
    }

    /// Adds one to `/counter`, however often that takes.
    ///
    /// @param who stands behind the number; a space first, or nothing
    static void raise(Datastore store, String who) {
        while (true) {
            Entry now = store.get("/counter").orElseThrow();
            byte[] next = bytes(counted(now) + 1 + who);
            if (store.commit("/counter", now.revision(), next, Duration.ZERO) instanceof CommitResult.Committed) {
                return;
            }
        }
    }

    /// Where a counter is.
    static int counted(Entry counter) {
        return Integer.parseInt(Conformance.text(counter).split(" ")[0]);
    }

    @Test
    default void revisionsAreUniqueAndWithoutHoles() {
        Set<Long> revisions = ConcurrentHashMap.newKeySet();
        long before = store().revision();
        Load.parallel(64, 3_000, i -> revisions.add(put("/k/" + i, 0, "1")));
        assertThat(revisions).hasSize(3_000);
        expect(before + 3_000, store().revision());
        assertThat(keys("/k/", 0)).hasSize(3_000);
    }

    /// kine 2026-05 0ec37c6: the newest revision went back under preemption, and reads said "future revision".
    @Test
    default void theNewestRevisionNeverGoesBackAndCanAlwaysBeRead() {
        AtomicLong seen = new AtomicLong();
        Load.parallel(16, 2_000, i -> {
            long before = seen.get();
            long mine = put("/k/" + i, 0, "1");
            assertThat(mine).isGreaterThan(before);
            seen.accumulateAndGet(mine, Math::max);
            long now = store().revision();
            assertThat(now).isGreaterThanOrEqualTo(mine);
            assertThat(store().get("/k/" + i, now)).isPresent();
        });
    }

    /// kine #676: the revision of a list covered a change that was not in it, so list + watch lost it.
    @Test
    default void listAndWatchUnderWritesLoseNothing() throws InterruptedException {
        int changes = 4_000;
        Thread writers = Thread.ofVirtual().start(() -> Load.parallel(16, changes, i -> put("/k/" + i, 0, "1")));
        for (int round = 0; round < 10; round++) {
            Page page = store().range("/k/", "", 0, 0);
            Set<String> all = ConcurrentHashMap.newKeySet();
            page.entries().forEach(entry -> all.add(entry.key()));
            assertThat(page.entries()).allSatisfy(e -> assertThat(e.revision()).isLessThanOrEqualTo(page.revision()));
            try (Watch watch = store().watch("/k/", page.revision())) {
                for (Change change : take(watch, changes - page.entries().size())) {
                    assertThat(all.add(change.key())).isTrue();
                }
            }
            assertThat(all).hasSize(changes);
        }
        writers.join();
    }

    @Test
    default void manyWatchesSeeTheSameOrder() {
        int changes = 1_000;
        long start = store().revision();
        List<List<Long>> told = IntStream.range(0, 20).mapToObj(i -> List.<Long>of())
                .collect(Collectors.toCollection(ArrayList::new));
        Load.parallel(21, 21, i -> {
            if (i == 20) {
                Load.parallel(8, changes, k -> put("/k/" + k, 0, "1"));
                return;
            }
            try (Watch watch = store().watch("/k/", start)) {
                List<Long> order = take(watch, changes).stream().map(Change::revision).toList();
                synchronized (told) {
                    told.set(i, order);
                }
            }
        });
        assertThat(told).allSatisfy(order -> assertThat(order).isEqualTo(told.getFirst()).isSorted().hasSize(changes));
    }

    @Test
    default void aFencedWriterCannotWriteAfterItsLeaseHasMoved() {
        long lease = put("/lease", 0, "a");
        AtomicBoolean moved = new AtomicBoolean();
        AtomicLong leaseMoved = new AtomicLong(Long.MAX_VALUE);
        Load.parallel(8, 800, i -> {
            if (i == 400) {
                leaseMoved.set(put("/lease", lease, "b"));
                moved.set(true);
                return;
            }
            boolean late = moved.get();
            CommitResult result = store().commit("/k/" + i, 0, bytes("1"), Duration.ZERO,
                    new Unchanged("/lease", lease));
            assertThat(late && result instanceof CommitResult.Committed).isFalse();
        });
        assertThat(store().range("/k/", "", 0, 0).entries())
                .allSatisfy(entry -> assertThat(entry.revision()).isLessThan(leaseMoved.get()));
    }
}
