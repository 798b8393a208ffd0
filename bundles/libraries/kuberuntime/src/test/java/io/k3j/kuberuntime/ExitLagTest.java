package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A runtime that tells of exits before it shows them.
class ExitLagTest {
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger wakes = new AtomicInteger();

    @Test
    void whoWaitsIsWokenUntilTheExitIsShownAndOnceAfterThat() throws Exception {
        ExitLag.settle(new CountDownLatch(1), () -> looks.incrementAndGet() == 5, wakes::incrementAndGet);
        assertThat(looks).hasValue(5);
        assertThat(wakes).hasValue(5);
    }

    @Test
    void nobodyIsWokenOnceItIsClosed() throws Exception {
        ExitLag.settle(new CountDownLatch(0), () -> true, wakes::incrementAndGet);
        assertThat(wakes).hasValue(0);
    }
}
