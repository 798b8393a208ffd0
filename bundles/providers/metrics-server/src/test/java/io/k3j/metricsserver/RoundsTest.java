package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final long PATIENCE_SECONDS = 120;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);

    /// A kubelet whose answer comes when it is not waited for any more.
    private String late(Obj node) {
        asked.countDown();
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        told.add("answered");
        return "node_memory_working_set_bytes 1024 1\n";
    }

    @Test
    void noAnswerIsTakenOnceTheyAreClosed() throws InterruptedException {
        ScrapeMetrics metrics = new ScrapeMetrics();
        Figures figures = new Figures((pod, node) -> "", Scraping.ROUND_MILLIS);
        metrics.of(figures);
        Rounds rounds = new Rounds(this::late, figures, metrics, InstantSource.system(),
                TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        Obj node = Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "a")));
        Thread asking = Thread.ofVirtual().start(() -> ask(rounds, node));
        assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        rounds.close();
        told.add("closed");
        assertThat(told).containsExactly("answered", "closed");
        asking.join();
    }

    private static void ask(Rounds rounds, Obj node) {
        try {
            rounds.ask(List.of(node));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
