package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.streaming.GrpcFailure;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UsageCallsTest {
    private final ManualClock clock = new ManualClock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final UsageCalls calls = new UsageCalls(clock.monotonic(), closed);
    private final AtomicInteger asked = new AtomicInteger();

    private String hangs() throws IOException {
        asked.incrementAndGet();
        throw new CsiFault(new GrpcFailure(GrpcFailure.DEADLINE_EXCEEDED, "no answer"));
    }

    @Test
    void aDriverThatDoesNotAnswerIsLeftAloneForAMinute() throws Exception {
        assertThatThrownBy(() -> calls.ask("slow", this::hangs)).hasMessageContaining("DeadlineExceeded");
        assertThatThrownBy(() -> calls.ask("slow", this::hangs))
                .hasMessage("CSI driver slow has not answered in time and is not asked for figures for 60 s");
        assertThat(asked).hasValue(1);
        assertThat(calls.ask("other", () -> "figures")).isEqualTo("figures");
        clock.advance(Duration.ofMinutes(1));
        assertThat(calls.ask("slow", () -> "figures")).isEqualTo("figures");
    }

    @Test
    void oneThatRefusesIsAskedAgain() throws Exception {
        assertThatThrownBy(() -> calls.ask("d", () -> {
            throw new CsiFault(new GrpcFailure(GrpcFailure.UNAVAILABLE, "busy"));
        })).hasMessageContaining("busy");
        assertThat(calls.ask("d", () -> "figures")).isEqualTo("figures");
    }

    @Test
    void nobodyIsAskedAfterTheEnd() {
        closed.countDown();
        assertThatThrownBy(() -> calls.ask("slow", this::hangs)).hasMessage("CSI is being stopped on this node");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aDriverHasFourCallsAtATime() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger most = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                threads.execute(() -> counted(answer, most));
            }
            Waiting.until("four calls", () -> asked.get() == 4);
            answer.countDown();
        }
        assertThat(asked).hasValue(0);
        assertThat(most).hasValue(4);
    }

    private void counted(CountDownLatch answer, AtomicInteger most) {
        try {
            calls.ask("d", () -> {
                most.accumulateAndGet(asked.incrementAndGet(), Math::max);
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return asked.decrementAndGet();
            });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
