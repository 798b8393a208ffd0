package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Compacted;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Guarantee 7: compaction.
public interface CompactionGuarantees extends Conformance {
    @Test
    default void compactionForgetsThePastAndKeepsThePresent() {
        long a1 = put("/a", 0, "1");
        long b1 = put("/b", 0, "1");
        long a2 = put("/a", a1, "2");
        long c1 = put("/c", 0, "1");
        long c2 = remove("/c", c1);
        long a3 = put("/a", a2, "3");
        assertThat(store().compact(c2)).isEqualTo(c2);
        assertThat(store().compactRevision()).isEqualTo(c2);
        assertThat(store().get("/a", c2)).map(Conformance::text).hasValue("2");
        assertThat(store().get("/a", a3)).map(Conformance::text).hasValue("3");
        assertThat(store().get("/b")).map(Conformance::text).hasValue("1");
        assertThat(keys("/", 0)).containsExactly("/a", "/b");
        assertThat(keys("/", c2)).containsExactly("/a", "/b");
        assertThatThrownBy(() -> store().get("/a", b1)).isInstanceOf(Compacted.class);
        assertThatThrownBy(() -> store().range("/", "", 0, c2 - 1)).isInstanceOf(Compacted.class);
    }

    @Test
    default void compactionNeverGoesBackOrBeyondTheNewest() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        assertThat(store().compact(second + 100)).isEqualTo(second);
        assertThat(store().compact(first)).isEqualTo(second);
        assertThat(store().compactRevision()).isEqualTo(second);
        assertThat(store().get("/a")).map(Conformance::text).hasValue("2");
    }

    @Test
    default void aKeyDeletedAndCompactedCanBeMadeAgainAndReplaced() {
        long first = put("/a", 0, "1");
        long gone = remove("/a", first);
        store().compact(gone);
        long other = put("/b", 0, "1");
        store().compact(other);
        long again = put("/a", 0, "2");
        put("/a", again, "3");
        assertThat(store().get("/a")).get().satisfies(entry -> assertThat(entry.createRevision()).isEqualTo(again));
        assertThat(keys("/", 0)).containsExactly("/a", "/b");
    }

    /// kine 2025-10-08 41dd99b: the transaction of a compaction dropped a stored value.
    @Test
    default void compactionUnderWritesLosesNoValue() throws InterruptedException {
        AtomicBoolean go = new AtomicBoolean(true);
        Thread compactor = Thread.ofVirtual().start(() -> {
            while (go.get()) {
                store().compact(store().revision());
            }
        });
        int keys = 50;
        int rounds = 40;
        try {
            Load.parallel(keys, keys, i -> {
                String key = "/k/" + i;
                for (int round = 0; round < rounds; round++) {
                    long revision = put(key, 0, "a" + round);
                    revision = put(key, revision, "b" + round);
                    if (round < rounds - 1) {
                        remove(key, revision);
                    }
                }
            });
        } finally {
            go.set(false);
            compactor.join();
        }
        store().compact(store().revision());
        assertThat(store().range("/k/", "", 0, 0).entries()).hasSize(keys)
                .allSatisfy(entry -> assertThat(Conformance.text(entry)).isEqualTo("b" + (rounds - 1)));
    }
}
