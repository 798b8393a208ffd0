package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Unchanged;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Guarantees 1, 2 and 4: numbering, order, compare and set.
public interface CommitGuarantees extends Conformance {
    @Test
    default void anEmptyStoreIsAtRevisionOneAndTheFirstChangeGetsTwo() {
        assertThat(store().revision()).isEqualTo(1);
        expect(2, put("/a", 0, "1"));
        expect(2, store().revision());
    }

    @Test
    default void eachChangeGetsTheNextRevisionAndARefusedOneNone() {
        long first = put("/a", 0, "1");
        refused(store().commit("/a", 0, bytes("x"), Duration.ZERO));
        refused(store().commit("/b", 7, bytes("x"), Duration.ZERO));
        expect(first + 1, put("/b", 0, "1"));
        expect(first + 2, remove("/a", first));
        expect(first + 3, put("/a", 0, "2"));
    }

    @Test
    default void creatingAnExistingKeyIsRefusedWithWhatIsThere() {
        long revision = put("/a", 0, "1");
        CommitResult.Conflict conflict = refused(store().commit("/a", 0, bytes("2"), Duration.ZERO));
        assertThat(conflict.current()).get().satisfies(entry -> {
            assertThat(Conformance.text(entry)).isEqualTo("1");
            assertThat(entry.revision()).isEqualTo(revision);
            assertThat(entry.createRevision()).isEqualTo(revision);
        });
        assertThat(conflict.unchangedKey()).isEmpty();
    }

    @Test
    default void replacingNeedsTheNewestRevisionAndKeepsTheFirst() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        assertThat(refused(store().commit("/a", first, bytes("3"), Duration.ZERO)).current()).get()
                .satisfies(entry -> assertThat(entry.revision()).isEqualTo(second));
        assertThat(store().get("/a")).get().satisfies(entry -> {
            assertThat(entry.createRevision()).isEqualTo(first);
            assertThat(entry.revision()).isEqualTo(second);
        });
    }

    @Test
    default void replacingAMissingOrDeletedKeyIsRefusedWithNothing() {
        long first = put("/a", 0, "1");
        long gone = remove("/a", first);
        assertThat(refused(store().commit("/a", first, bytes("2"), Duration.ZERO)).current()).isEmpty();
        assertThat(refused(store().commit("/a", gone, bytes("2"), Duration.ZERO)).current()).isEmpty();
        assertThat(refused(store().commit("/b", 9, bytes("2"), Duration.ZERO)).current()).isEmpty();
    }

    @Test
    default void aKeyMadeAgainBeginsANewLife() {
        remove("/a", put("/a", 0, "1"));
        long again = put("/a", 0, "2");
        assertThat(store().get("/a")).get().satisfies(entry -> assertThat(entry.createRevision()).isEqualTo(again));
    }

    @Test
    default void deletingNeedsTheNewestRevision() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        assertThat(refused(store().delete("/a", first)).current()).isPresent();
        remove("/a", second);
        assertThat(refused(store().delete("/a", second)).current()).isEmpty();
        assertThatThrownBy(() -> store().delete("/a", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    default void aFurtherKeyThatHasMovedRefusesTheCommitAndIsNamed() {
        long lease = put("/lease", 0, "me");
        long fenced = committed(store().commit("/a", 0, bytes("1"), Duration.ZERO, new Unchanged("/lease", lease)));
        put("/lease", lease, "other");
        CommitResult.Conflict conflict = refused(
                store().commit("/a", fenced, bytes("2"), Duration.ZERO, new Unchanged("/lease", lease)));
        assertThat(conflict.unchangedKey()).hasValue("/lease");
        assertThat(conflict.current()).get().satisfies(entry -> assertThat(entry.revision()).isEqualTo(fenced));
        assertThat(refused(store().delete("/a", fenced, new Unchanged("/lease", lease))).unchangedKey())
                .hasValue("/lease");
    }

    @Test
    default void aFurtherKeyMayBeRequiredToBeAbsent() {
        committed(store().commit("/a", 0, bytes("1"), Duration.ZERO, new Unchanged("/b", 0)));
        put("/b", 0, "1");
        assertThat(refused(store().commit("/c", 0, bytes("1"), Duration.ZERO, new Unchanged("/b", 0))).unchangedKey())
                .hasValue("/b");
    }

    @Test
    default void theRowsOfTheLogItselfAreNotKeys() {
        assertThatThrownBy(() -> put("compact_rev_key", 0, "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> put("gap-7", 0, "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> put("", 0, "1")).isInstanceOf(IllegalArgumentException.class);
        assertThat(store().get("compact_rev_key")).isEmpty();
        assertThat(keys("", 0)).isEmpty();
    }

    @Test
    default void emptyAndLargeValuesComeBackAsTheyWere() {
        byte[] large = new byte[3 << 20];
        large[17] = 42;
        committed(store().commit("/empty", 0, new byte[0], Duration.ZERO));
        committed(store().commit("/large", 0, large, Duration.ZERO));
        assertThat(store().get("/empty")).get().satisfies(entry -> assertThat(entry.value()).isEmpty());
        assertThat(store().get("/large")).get().satisfies(entry -> assertThat(entry.value()).isEqualTo(large));
    }
}
