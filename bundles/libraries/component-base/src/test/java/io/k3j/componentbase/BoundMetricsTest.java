package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What a scrape tells beside a plug-in whose figures do not come.
class BoundMetricsTest {
    private final List<String> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final BoundMetrics.Faults told = new BoundMetrics.Faults() {
        @Override
        public void stop(String what) {
            faults.add(what);
        }

        @Override
        public void warn(String what) {
            warnings.add(what);
        }
    };

    private BoundMetrics beside(Metrics plugin, Duration limit) {
        BoundMetrics metrics = new BoundMetrics(limit);
        metrics.add(() -> "ours 1\n", () -> true, Optional.empty());
        metrics.add(plugin, () -> true, Optional.of(told));
        return metrics;
    }

    @Test
    void oneThatDoesNotComeBackIsLeftOutAndStoppedOnce() {
        CountDownLatch never = new CountDownLatch(1);
        BoundMetrics metrics = beside(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "acme 1\n";
        }, Duration.ofMillis(1));
        assertThat(metrics.texts()).containsExactly("ours 1\n", "");
        assertThat(metrics.texts()).containsExactly("ours 1\n", "");
        assertThat(faults).containsExactly("Metrics.text: has not come back after 0 s");
    }

    @Test
    void oneThatManyAskAtOnceIsLeftOutAndNotStopped() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(BoundMetrics.MOST);
        CountDownLatch go = new CountDownLatch(1);
        BoundMetrics metrics = beside(() -> {
            asked.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "acme 1\n";
        }, Duration.ofMinutes(5));
        List<Thread> scrapes = new ArrayList<>();
        for (int i = 0; i < BoundMetrics.MOST; i++) {
            scrapes.add(Thread.startVirtualThread(metrics::texts));
        }
        asked.await();
        assertThat(metrics.texts()).containsExactly("ours 1\n", "");
        go.countDown();
        for (Thread scrape : scrapes) {
            scrape.join();
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void oneThatThrowsIsLeftOutUntilItAnswers() {
        AtomicBoolean broken = new AtomicBoolean(true);
        BoundMetrics metrics = beside(() -> {
            if (broken.get()) {
                throw new AssertionError("what a client has sent");
            }
            return "acme 1\n";
        }, Duration.ofMinutes(5));
        assertThat(metrics.texts()).containsExactly("ours 1\n", "");
        assertThat(metrics.texts()).containsExactly("ours 1\n", "");
        assertThat(warnings).containsExactly("has thrown from Metrics.text; the log has the details");
        broken.set(false);
        assertThat(metrics.texts()).containsExactly("ours 1\n", "acme 1\n");
        assertThat(warnings).hasSize(2).last().isEqualTo("");
        assertThat(faults).isEmpty();
    }

    @Test
    void oneThatIsBoundTwiceIsReadOnceAndGoes() {
        Metrics plugin = () -> "acme 1\n";
        BoundMetrics metrics = beside(plugin, Duration.ofMinutes(5));
        metrics.add(plugin, () -> true, Optional.of(told));
        assertThat(metrics.texts()).containsExactly("ours 1\n", "acme 1\n");
        metrics.remove(plugin);
        assertThat(metrics.texts()).containsExactly("ours 1\n");
    }
}
