package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What waiting promises to tests.
class WaitingTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    /// For what takes two looks: the first of them is to begin before it is over.
    private static final Duration LONGER = Duration.ofSeconds(2);
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Living program = new Living() {
        @Override
        public boolean running() {
            return running.get();
        }

        @Override
        public AssertionError failure(String what) {
            return new AssertionError("program\n" + what + "\nend of its log");
        }
    };

    @Test
    void whateverALookThrowsIsNotYet() throws InterruptedException {
        Waiting.until("third look", () -> switch (looks.incrementAndGet()) {
            case 1 -> throw new AssertionError("has not ended after 30 s");
            case 2 -> throw new IOException("no such file");
            default -> true;
        });
        assertThat(looks).hasValue(3);
    }

    @Test
    void theLastReasonIsToldWhenTheLimitIsOver() {
        assertThatThrownBy(() -> Waiting.until("answer", SHORT, () -> {
            throw new IOException("refused " + looks.incrementAndGet());
        }, () -> "story")).isInstanceOf(AssertionError.class)
                .hasMessage("no answer after 0 s\nlast reason: java.io.IOException: refused " + looks + "\nstory")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    }

    @Test
    void aReasonThatIsNoMoreIsNotTold() {
        assertThatThrownBy(() -> Waiting.until("answer", LONGER, () -> {
            if (looks.incrementAndGet() == 1) {
                throw new IOException("refused");
            }
            return false;
        }, () -> "")).hasMessage("no answer after 2 s");
    }

    @Test
    void theEndOfAProgramFailsAtOnceWithItsLog() {
        assertThatThrownBy(() -> Waiting.until("answer", program, () -> {
            running.set(looks.incrementAndGet() < 3);
            throw new IOException("refused");
        })).isInstanceOf(AssertionError.class).hasMessage(
                "program\nended, without answer\nlast reason: java.io.IOException: refused\nend of its log");
        assertThat(looks).hasValue(4);
    }

    @Test
    void whatAProgramHasDoneBeforeItsEndCounts() throws InterruptedException {
        Waiting.until("output", program, () -> !running.getAndSet(false));
        assertThat(running).isFalse();
    }

    @Test
    void anInterruptionEndsTheWait() {
        assertThatThrownBy(() -> Waiting.until("answer", () -> {
            throw new InterruptedException();
        })).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Waiting.until("answer", () -> false)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aStoryThatCannotBeToldHidesNoFailure() {
        assertThatThrownBy(() -> Waiting.until("answer", SHORT, () -> false, () -> {
            throw new IllegalStateException("no log");
        })).hasMessage("no answer after 0 s\njava.lang.IllegalStateException: no log");
    }

    @Test
    void aLookBeginsAfterTheLimitHoweverLongTheMachineStoodStill() throws InterruptedException {
        long begun = System.nanoTime();
        Waiting.until("second look", LONGER, () -> {
            while (looks.get() == 0 && System.nanoTime() - begun <= 2 * LONGER.toNanos()) {
                Waiting.pause();
            }
            return looks.incrementAndGet() == 2;
        }, () -> "");
        assertThat(looks).hasValue(2);
    }
}
