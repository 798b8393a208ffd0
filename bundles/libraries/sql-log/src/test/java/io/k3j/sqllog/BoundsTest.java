package io.k3j.sqllog;

import static org.assertj.core.api.Assertions.assertThat;

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
