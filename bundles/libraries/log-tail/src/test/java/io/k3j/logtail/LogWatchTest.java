package io.k3j.logtail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogWatchTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private final LogTail tail = new LogTail(1);
    private final Table table = new Table();
    private final LogWatch watch = new LogWatch("/a/", 1, tail, table);

    /// The log below.
    private static final class Table implements LogWatch.Log {
        private LogTail.@Nullable Slice answer;
        private boolean over;

        @Override
        public LogTail.@Nullable Slice read(long position) {
            return answer;
        }

        @Override
        public void check() {
            if (over) {
                throw new IllegalStateException("over");
            }
        }

        @Override
        public boolean over() {
            return over;
        }
    }

    private static Change change(String key, long revision) {
        return new Change(key, revision, revision, new byte[0], Optional.empty());
    }

    private static List<String> keys(Watch.Batch batch) {
        return batch.changes().stream().map(Change::key).toList();
    }

    @Test
    void tellsItsPrefixAndItsProgressWithoutChanges() throws InterruptedException {
        tail.append(List.of(change("/a/1", 2), change("/b/1", 3)), 3);
        assertThat(watch.next(SOON)).satisfies(batch -> {
            assertThat(keys(batch)).containsExactly("/a/1");
            assertThat(batch.revision()).isEqualTo(3);
        });
        tail.append(List.of(change("/b/2", 4)), 4);
        assertThat(watch.next(SOON)).isEqualTo(new Watch.Batch(List.of(), 4));
    }

    @Test
    void readsTheLogWhenTheTailHasForgotten() throws InterruptedException {
        tail.restart(9);
        table.answer = new LogTail.Slice(List.of(change("/a/1", 5)), 9);
        assertThat(keys(watch.next(SOON))).containsExactly("/a/1");
        tail.append(List.of(change("/a/2", 10)), 10);
        assertThat(keys(watch.next(SOON))).containsExactly("/a/2");
    }

    @Test
    void saysNothingWhileTheLogIsAway() throws InterruptedException {
        tail.restart(9);
        assertThat(watch.next(SOON)).isEqualTo(new Watch.Batch(List.of(), 1));
        table.answer = new LogTail.Slice(List.of(change("/a/1", 5)), 9);
        assertThat(keys(watch.next(SOON))).containsExactly("/a/1");
    }

    @Test
    void endsWithTheLog() {
        table.over = true;
        assertThatThrownBy(() -> watch.next(Duration.ofMinutes(1))).hasMessage("over");
    }

    @Test
    void aPositionOfAnotherStoryIsCompacted() {
        tail.append(List.of(change("/a/1", 2)), 20);
        tail.rewind(3);
        assertThatThrownBy(() -> watch.next(SOON)).isInstanceOf(Compacted.class);
        assertThat(tail.outdated(15)).isTrue();
        assertThat(tail.outdated(3)).isFalse();
    }

    @Test
    void aClosedOneIsOver() throws InterruptedException {
        watch.close();
        tail.append(List.of(change("/a/1", 2)), 2);
        assertThat(watch.next(Duration.ofMinutes(1)).changes()).isEmpty();
    }
}
