package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class RoundsTest {
    private static final long PATIENCE_SECONDS = 120;
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final ScrapeMetrics metrics = new ScrapeMetrics();

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
        Rounds rounds = new Rounds(this::late, figures(), metrics, InstantSource.system(),
                TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        Thread asking = Thread.ofVirtual().start(() -> ask(rounds, node("a")));
        assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        rounds.close();
        told.add("closed");
        assertThat(told).containsExactly("answered", "closed");
        asking.join();
    }

    /// As where the way to its kubelet is stuck.
    @Test
    void aNodeThatIsNeverDoneWithHoldsUpNoRoundAndIsNotAskedTwice() throws InterruptedException {
        Semaphore back = new Semaphore(0);
        Source stuck = node -> {
            told.add(node.name());
            asked.countDown();
            back.acquireUninterruptibly();
            throw new IOException("at last");
        };
        Rounds rounds = new Rounds(stuck, figures(), metrics, InstantSource.system(), 50);
        assertThat(rounds.ask(List.of(node("a")))).as("answered").isZero();
        asked.await();
        rounds.ask(List.of(node("a"), node("b")));
        assertThat(told).containsOnlyOnce("a");
        back.release(2);
        rounds.close();
    }

    private Figures figures() {
        Figures figures = new Figures((pod, node) -> "", Scraping.ROUND_MILLIS);
        metrics.of(figures);
        return figures;
    }

    private static Obj node(String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", name)));
    }

    private static void ask(Rounds rounds, Obj node) {
        try {
            rounds.ask(List.of(node));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
