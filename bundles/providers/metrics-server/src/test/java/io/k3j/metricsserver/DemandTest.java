package io.k3j.metricsserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Who has asked lately, and who waits.
class DemandTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void aQuestionIsRememberedForAWhile() {
        Demand demand = new Demand(Duration.ofNanos(10), Duration.ZERO, now::get);
        assertThat(demand.recent()).isFalse();
        demand.asked();
        now.addAndGet(9);
        assertThat(demand.recent()).isTrue();
        now.addAndGet(1);
        assertThat(demand.recent()).isFalse();
    }

    @Test
    void patienceEnds() {
        Demand demand = new Demand(Duration.ZERO, Duration.ofMillis(1), now::get);
        AtomicInteger looked = new AtomicInteger();
        demand.await(() -> looked.incrementAndGet() < 0);
        assertThat(looked.get()).isPositive();
    }

    @Test
    void soManyWaitAndNoMore() throws InterruptedException {
        Demand demand = new Demand(Duration.ZERO, Duration.ofMinutes(10), now::get);
        AtomicBoolean there = new AtomicBoolean();
        AtomicInteger looking = new AtomicInteger();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < Demand.WAITING; i++) {
            waiting.add(Thread.startVirtualThread(() -> demand.await(() -> {
                looking.incrementAndGet();
                return there.get();
            })));
        }
        // each has looked before it takes its room and once more inside
        Waiting.until("all to wait", () -> looking.get() == 2 * Demand.WAITING);
        demand.await(there::get);
        there.set(true);
        demand.changed();
        for (Thread thread : waiting) {
            thread.join();
        }
    }
}
