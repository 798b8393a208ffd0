package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Looks when there is something to see, and lets the datastore alone otherwise.
class RecordWatchTest {
    private static final String RECORD = "/bootstrap/0123456789ab";
    private final MemoryDatastore first = new MemoryDatastore(true);
    private final MemoryDatastore second = new MemoryDatastore(true);
    private final BlockingQueue<String> looks = new LinkedBlockingQueue<>();
    private volatile Datastore current = first;
    private volatile boolean done = true;
    private final RecordWatch watch = new RecordWatch(() -> current, this::look, Health.none());

    @AfterEach
    void close() {
        watch.close();
        first.close();
        second.close();
    }

    private boolean look(Datastore store, boolean changed) {
        looks.add((store.equals(second) ? "second " : "first ") + changed);
        return done;
    }

    private String looked() throws InterruptedException {
        return looks.poll(60, TimeUnit.SECONDS);
    }

    private static void change(Datastore store, String key) {
        store.commit(key, store.get(key).map(e -> e.revision()).orElse(0L), new byte[] {1}, Duration.ZERO);
    }

    @Test
    void looksAtTheStartAndWhenTheRecordHasChanged() throws InterruptedException {
        watch.start();
        assertThat(looked()).isEqualTo("first true");
        change(first, "/registry/pods/a/b");
        change(first, RECORD);
        assertThat(looked()).isEqualTo("first true");
        first.delete(RECORD, first.get(RECORD).orElseThrow().revision());
        assertThat(looked()).isEqualTo("first true");
        assertThat(looks).isEmpty();
    }

    @Test
    void looksAgainAsLongAsSomethingIsLeftToDo() throws InterruptedException {
        done = false;
        watch.start();
        assertThat(List.of(looked(), looked())).containsExactly("first true", "first false");
    }

    @Test
    void endsWhenAllIsDoneInAStoreThatNobodyShares() throws InterruptedException {
        try (MemoryDatastore alone = new MemoryDatastore(false)) {
            current = alone;
            done = false;
            SupervisedLoop thread = watch.start();
            assertThat(List.of(looked(), looked())).containsExactly("first true", "first false");
            done = true;
            assertThat(thread.join(60_000)).isTrue();
        }
    }

    @Test
    void goesOnWithTheDatastoreThatReplacesAnother() throws InterruptedException {
        watch.start();
        assertThat(looked()).isEqualTo("first true");
        current = second;
        first.close();
        assertThat(looked()).isEqualTo("second true");
        change(second, RECORD);
        assertThat(looked()).isEqualTo("second true");
    }

    @Test
    void endsWhenItIsClosed() throws InterruptedException {
        SupervisedLoop thread = watch.start();
        assertThat(looked()).isEqualTo("first true");
        watch.close();
        assertThat(thread.join(60_000)).isTrue();
    }
}
