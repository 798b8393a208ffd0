package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KernelCallsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);
    private final KernelCalls calls = new KernelCalls("test-kernel");

    @Test
    void whatIsOpenedInTimeIsTheCallersAndWhatIsThrownIsTold() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (AutoCloseable found = calls.open("a", LONG, () -> closed::countDown)) {
            assertThat(found).isNotNull();
            assertThat(closed.getCount()).isOne();
        }
        assertThat(closed.getCount()).isZero();
        assertThatThrownBy(() -> calls.open("a", LONG, () -> {
            throw new IOException("no");
        })).isInstanceOf(IOException.class).hasMessage("no");
        assertThatThrownBy(() -> calls.open("a", LONG, () -> {
            throw new IllegalArgumentException("wrong");
        })).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatDoesNotComeBackIsLeftAndKeepsNothingElseFromBeingAsked() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        assertThatThrownBy(() -> calls.open("a", SHORT, () -> late(answers, closed)))
                .isInstanceOf(IOException.class).hasMessageStartingWith("its file system has not answered within");
        assertThatThrownBy(() -> calls.open("a", LONG, () -> () -> {
        })).isInstanceOf(IOException.class).hasMessageContaining("has not answered an earlier question yet");
        calls.open("b", LONG, () -> () -> {
        }).close();
        answers.countDown();
        assertThat(closed.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("what came too late").isTrue();
        calls.open("a", LONG, () -> () -> {
        }).close();
    }

    /// As a call of the kernel, it heeds no interrupt.
    private static AutoCloseable late(CountDownLatch answers, CountDownLatch closed) throws IOException {
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return closed::countDown;
    }
}
