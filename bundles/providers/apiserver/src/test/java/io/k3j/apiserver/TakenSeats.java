package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.flowcontrol.Seats;
import io.k3j.flowcontrol.Seats.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// Requests that sit in their seats until a test lets them go.
final class TakenSeats {
    private final Seats seats;
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    TakenSeats(Seats seats) {
        this.seats = seats;
    }

    /// Takes seats of the workloads' lane.
    /// @param user who takes the i-th one
    void take(boolean write, int count, IntFunction<String> user) throws InterruptedException {
        CountDownLatch seated = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            String who = user.apply(i);
            beside(() -> seats.in(Lane.WORKLOAD, who, write, () -> {
                seated.countDown();
                return waited();
            }));
        }
        assertThat(seated.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /// Runs beside the test, which waits for its end in [#close].
    void beside(Runnable work) {
        threads.add(Thread.ofVirtual().start(work));
    }

    /// Blocks until they may go.
    boolean waited() {
        try {
            return go.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Lets all go.
    void free() {
        go.countDown();
    }

    void close() throws InterruptedException {
        free();
        for (Thread t : threads) {
            t.join();
        }
    }
}
