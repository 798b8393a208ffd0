package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.controllerkit.SlowStart;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private final Set<Integer> done = new ConcurrentSkipListSet<>();

    @Test
    void callsEachOnce() {
        SlowStart.run(500, i -> assertThat(done.add(i)).isTrue());
        assertThat(done).isEqualTo(IntStream.range(0, 500).boxed().collect(Collectors.toSet()));
    }

    @Test
    void startsNoFurtherBatchAfterAFailure() {
        assertThatThrownBy(() -> SlowStart.run(500, i -> {
            done.add(i);
            if (i == 4) {
                throw new IllegalStateException("refused");
            }
        })).hasMessage("refused");
        assertThat(done).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void runsABatchInParallel() {
        CountDownLatch four = new CountDownLatch(4);
        SlowStart.run(7, i -> {
            if (i >= 3) {
                four.countDown();
                assertThat(awaited(four)).isTrue();
            }
        });
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
