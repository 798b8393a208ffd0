package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Observes when the record changes, and leaves the datastore alone otherwise.
class RecordWatchTest {
    private static final String RECORD = "/bootstrap/0123456789ab";
    private final MemoryDatastore first = new MemoryDatastore(true);
    private final MemoryDatastore second = new MemoryDatastore(true);
    private final BlockingQueue<String> observations = new LinkedBlockingQueue<>();
    private volatile Datastore current = first;
    private volatile boolean done = true;
    private final RecordWatch watch = new RecordWatch(() -> current, this::observe, Health.none());

    @AfterEach
    void close() {
        watch.close();
        first.close();
        second.close();
    }

    private boolean observe(Datastore store, boolean changed) {
        observations.add((store.equals(second) ? "second " : "first ") + changed);
        return done;
    }

    private String nextObservation() throws InterruptedException {
        return observations.poll(60, TimeUnit.SECONDS);
    }

    private static void change(Datastore store, String key) {
        store.commit(key, store.get(key).map(e -> e.revision()).orElse(0L), new byte[] {1}, Duration.ZERO);
    }

    @Test
    void observesAtTheStartAndAfterEachChange() throws InterruptedException {
        watch.start();
        assertThat(nextObservation()).isEqualTo("first true");
        change(first, "/registry/pods/a/b");
        change(first, RECORD);
        assertThat(nextObservation()).isEqualTo("first true");
        first.delete(RECORD, first.get(RECORD).orElseThrow().revision());
        assertThat(nextObservation()).isEqualTo("first true");
        assertThat(observations).isEmpty();
    }

    @Test
    void repeatsWhileWorkIsLeft() throws InterruptedException {
        done = false;
        watch.start();
        assertThat(List.of(nextObservation(), nextObservation())).containsExactly("first true", "first false");
    }

    @Test
    void endsWhenNoWorkIsLeftAndTheStoreIsNotShared() throws InterruptedException {
        try (MemoryDatastore alone = new MemoryDatastore(false)) {
            current = alone;
            done = false;
            SupervisedLoop thread = watch.start();
            assertThat(List.of(nextObservation(), nextObservation())).containsExactly("first true", "first false");
            done = true;
            assertThat(thread.join(60_000)).isTrue();
        }
    }

    @Test
    void continuesWithAReplacedDatastore() throws InterruptedException {
        watch.start();
        assertThat(nextObservation()).isEqualTo("first true");
        current = second;
        first.close();
        assertThat(nextObservation()).isEqualTo("second true");
        change(second, RECORD);
        assertThat(nextObservation()).isEqualTo("second true");
    }

    @Test
    void endsWhenItIsClosed() throws InterruptedException {
        SupervisedLoop thread = watch.start();
        assertThat(nextObservation()).isEqualTo("first true");
        watch.close();
        assertThat(thread.join(60_000)).isTrue();
    }
}
