package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class LimitedCallsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private final LimitedCalls calls = new LimitedCalls("test-calls", 1);

    @Test
    void whoAnswersIsHeardAndWhatIsThrownIsTold() throws Exception {
        // the thread of the first call may not be idle yet when the second one comes
        LimitedCalls two = new LimitedCalls("test-calls", 2);
        Thread thread = two.call(Thread::currentThread, LONG);
        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.getName()).isEqualTo("test-calls");
        assertThatThrownBy(() -> two.call(() -> {
            throw new IOException("no");
        }, LONG)).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whoDoesNotComeBackIsInterruptedAndCountsUntilItHasEnded() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread first = Thread.startVirtualThread(() -> assertThatThrownBy(() -> calls.call(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                over.await();
            }
            return "";
        }, LONG)).isInstanceOf(InterruptedException.class));
        assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> calls.call(() -> "", LONG)).isInstanceOf(RejectedExecutionException.class)
                .hasMessage("has 1 calls under way");
        first.interrupt();
        first.join();
        assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> calls.call(() -> "", LONG)).hasMessage("has 1 calls under way");
        over.countDown();
    }

    @Test
    void itIsWaitedForNoLongerThanTheLimit() {
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> calls.call(() -> {
            never.await();
            return "";
        }, Duration.ofMillis(1))).isInstanceOf(TimeoutException.class).hasMessage("has not come back after 0 s");
    }
}
