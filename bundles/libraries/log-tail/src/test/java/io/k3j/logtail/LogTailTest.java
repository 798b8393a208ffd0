package io.k3j.logtail;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogTailTest {
    private final LogTail tail = new LogTail(1);

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
        for (int i = 2; i < 2 * LogTail.MAX_CHANGES; i++) {
            tail.append(List.of(change("/a", i)), i);
        }
        assertThat(tail.after(1, 10)).isNull();
        assertThat(told(tail.forgottenUpTo(), 1)).containsExactly(tail.forgottenUpTo() + 1);
        tail.restart(100_000);
        assertThat(tail.after(99_999, 1)).isNull();
        assertThat(told(100_000, 1)).isEmpty();
    }

    @Test
    void aReaderBehindTheTailIsToldSo() {
        byte[] large = new byte[(int) (LogTail.MAX_BYTES / 4)];
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
        tail.append(List.of(new Change("/a", 2, 2, new byte[0], Optional.empty()),
                new Change("/b", 4, 4, new byte[0], Optional.empty())), 5);
        assertThat(tail.after(1, 1)).satisfies(slice -> assertThat(slice.upTo()).isEqualTo(2));
        assertThat(tail.after(1, 2)).satisfies(slice -> assertThat(slice.upTo()).isEqualTo(5));
    }

    private List<Long> told(long after, int max) {
        LogTail.Slice slice = tail.after(after, max);
        assertThat(slice).isNotNull();
        return slice.changes().stream().map(Change::revision).toList();
    }

    private static Change change(String key, long revision) {
        return new Change(key, revision, revision, new byte[0], Optional.empty());
    }
}
