package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// An end fails no test, and leaves out nothing.
class TeardownTest {
    private final AtomicBoolean last = new AtomicBoolean();

    @Test
    void everyStepIsTakenWhateverBecomesOfThoseBeforeIt() {
        Teardown.of("thing", () -> {
            throw new AssertionError("has not ended after 20 s");
        }, () -> {
            throw new IOException("device busy");
        }, () -> last.set(true));
        assertThat(last).isTrue();
    }

    @Test
    void anInterruptionIsKeptForWhoComesAfterIt() {
        Teardown.of("thing", () -> {
            throw new InterruptedException();
        }, () -> last.set(!Thread.currentThread().isInterrupted()));
        assertThat(last).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }
}
