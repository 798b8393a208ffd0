package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SignalTest {
    private static final long LONG_MILLIS = 600_000;
    private final Signal signal = new Signal();

    @Test
    void whatHoldsIsNotWaitedFor() {
        assertThat(signal.await(() -> true, LONG_MILLIS)).isFalse();
    }

    @Test
    void whoWaitsInVainIsToldSo() {
        assertThat(signal.await(() -> false, 1)).isTrue();
    }

    @Test
    void whoWaitsLooksAgainAtEachSignal() {
        AtomicBoolean holds = new AtomicBoolean();
        Thread.ofVirtual().start(() -> {
            holds.set(true);
            signal.raise();
        });
        assertThat(signal.await(holds::get, LONG_MILLIS)).isFalse();
    }

    @Test
    void whoIsInterruptedIsToEndAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThat(signal.await(() -> false, LONG_MILLIS)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
