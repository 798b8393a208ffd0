package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The memory the log keeps is bounded, and what is forgotten is known to be forgotten.
class BoundsTest {
    @Test
    void headsForgetTheOldestByNumber() {
        Heads heads = new Heads(1);
        for (int i = 2; i < Heads.MAX_ROWS + 12; i++) {
            heads.put("/" + i, new Head(i, i, false, new byte[1]));
        }
        assertThat(heads.find("/11")).isNull();
        assertThat(heads.forgottenUpTo()).isEqualTo(11);
        assertThat(heads.find("/12")).isNotNull();
    }

    @Test
    void headsForgetTheOldestByBytesButNotAKeyThatChangedAgain() {
        Heads heads = new Heads(1);
        int size = (int) (Heads.MAX_BYTES / 4);
        heads.put("/a", new Head(2, 2, false, new byte[size]));
        heads.put("/b", new Head(3, 3, false, new byte[size]));
        heads.put("/a", new Head(4, 2, false, new byte[size]));
        heads.put("/c", new Head(5, 5, false, new byte[size]));
        assertThat(heads.forgottenUpTo()).isEqualTo(2);
        assertThat(heads.find("/a")).satisfies(head -> assertThat(head.revision()).isEqualTo(4));
    }

    @Test
    void aReaderBehindTheTailIsToldSo() {
        Tail tail = new Tail(1);
        byte[] large = new byte[(int) (Tail.MAX_BYTES / 4)];
        for (int i = 2; i < 10; i++) {
            tail.append(List.of(new Change("/" + i, i, i, large, Optional.empty())), i);
        }
        assertThat(tail.after(1, 100)).isNull();
        assertThat(tail.after(6, 100)).satisfies(slice -> {
            assertThat(slice.changes()).extracting(Change::revision).containsExactly(7L, 8L, 9L);
            assertThat(slice.upTo()).isEqualTo(9);
        });
    }

    @Test
    void aSliceThatIsCutShortIsCompleteUpToItsLastChange() {
        Tail tail = new Tail(1);
        tail.append(List.of(new Change("/a", 2, 2, new byte[0], Optional.empty()),
                new Change("/b", 4, 4, new byte[0], Optional.empty())), 5);
        assertThat(tail.after(1, 1)).satisfies(slice -> assertThat(slice.upTo()).isEqualTo(2));
        assertThat(tail.after(1, 2)).satisfies(slice -> assertThat(slice.upTo()).isEqualTo(5));
    }

    @Test
    void aNameThatWasAddedIsNeverSaidToBeUnused() {
        KnownNames names = new KnownNames();
        assertThat(names.surelyUnused("/0")).isFalse();
        for (int i = 0; i < 100_000; i++) {
            names.add("/registry/pods/ns-" + i % 100 + "/app-" + i);
        }
        names.complete();
        int unused = 0;
        for (int i = 0; i < 100_000; i++) {
            assertThat(names.surelyUnused("/registry/pods/ns-" + i % 100 + "/app-" + i)).isFalse();
            unused += names.surelyUnused("/registry/secrets/ns-" + i) ? 1 : 0;
        }
        assertThat(unused).isGreaterThan(99_900);
    }
}
