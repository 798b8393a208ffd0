package io.k3j.datastoreetcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TailTest {
    private final Tail tail = new Tail(1);

    @Test
    void whatIsToldTwiceIsKeptOnce() {
        tail.append(List.of(change("/a", 2), change("/b", 3)), 3);
        tail.append(List.of(change("/b", 3), change("/c", 4)), 4);
        assertThat(told(1, 10)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void aRevisionIsNeverTornApart() {
        tail.append(List.of(change("/a", 2), change("/b", 2), change("/c", 3)), 3);
        assertThat(told(1, 1)).containsExactly(2L, 2L);
    }

    @Test
    void whatNoLongerFitsIsReadFromElsewhere() {
        for (int i = 2; i < 2 * Tail.MAX_CHANGES; i++) {
            tail.append(List.of(change("/a", i)), i);
        }
        assertThat(tail.after(1, 10)).isNull();
        assertThat(told(tail.forgottenUpTo(), 1)).containsExactly(tail.forgottenUpTo() + 1);
        tail.restart(100_000);
        assertThat(tail.after(99_999, 1)).isNull();
        assertThat(told(100_000, 1)).isEmpty();
    }

    private List<Long> told(long after, int max) {
        Tail.Slice slice = tail.after(after, max);
        assertThat(slice).isNotNull();
        return slice.changes().stream().map(Change::revision).toList();
    }

    private static Change change(String key, long revision) {
        return new Change(key, revision, revision, new byte[0], Optional.empty());
    }
}
