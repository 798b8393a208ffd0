package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.SlowStart;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

    @Test
    void oneThatDoesNotComeBackKeepsNoneOfTheOthersWaiting() {
        CountDownLatch others = new CountDownLatch(499);
        assertThatThrownBy(() -> SlowStart.all(500, i -> {
            if (i == 0) {
                assertThat(awaited(others)).isTrue();
            } else {
                others.countDown();
                throw new IllegalStateException("refused");
            }
        })).hasMessage("refused");
        assertThat(others.getCount()).isZero();
    }

    @Test
    void whoIsInterruptedEndsThoseUnderWayAndBeginsNoOther() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(SlowStart.WIDEST);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Throwable> told = new AtomicReference<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                SlowStart.all(500, i -> {
                    done.add(i);
                    begun.countDown();
                    assertThat(awaited(never)).isFalse();
                });
            } catch (ApiFault fault) {
                told.set(Thread.currentThread().isInterrupted() ? fault : null);
            }
        });
        assertThat(awaited(begun)).isTrue();
        caller.interrupt();
        caller.join();
        assertThat(done).hasSize(SlowStart.WIDEST);
        assertThat(told.get()).hasMessageContaining("interrupted before all were written");
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
