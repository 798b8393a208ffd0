package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.nodeapi.RuntimeEvent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nobody listens at the socket, so that there is the event with which every stream begins, and no other.
class EventStreamTest {
    private static final long PATIENCE_SECONDS = 120;
    @TempDir
    private Path dir;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch telling = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    private void slow(RuntimeEvent event) {
        telling.countDown();
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        told.add("told");
    }

    @Test
    void noListenerIsCalledOnceItIsClosed() throws InterruptedException {
        EventStream stream = new EventStream(new Cri(dir.resolve("nobody.sock")), this::slow, InstantSource.system(),
                Health.none());
        assertThat(telling.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        stream.close();
        told.add("closed");
        assertThat(told).containsExactly("told", "closed");
    }

    @Test
    void aListenerMayCloseItsStream() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch known = new CountDownLatch(1);
        EventStream[] stream = new EventStream[1];
        stream[0] = new EventStream(new Cri(dir.resolve("nobody.sock")), event -> {
            try {
                known.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stream[0].close();
            closed.countDown();
        }, InstantSource.system(), Health.none());
        known.countDown();
        assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
