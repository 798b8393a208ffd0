package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChartBackoffTest {
    private static final Key KEY = new Key("default", "web");
    private final ManualClock clock = new ManualClock();
    private final ChartBackoff attempts = new ChartBackoff(clock.monotonic());

    @Test
    void eachFailureIsFollowedByALongerPauseUpToABound() {
        assertThat(attempts.failed(KEY, "a")).isEqualTo(Duration.ofSeconds(10));
        assertThat(attempts.failed(KEY, "a")).isEqualTo(Duration.ofSeconds(20));
        for (int i = 0; i < 1_000; i++) {
            attempts.failed(KEY, "a");
        }
        assertThat(attempts.failed(KEY, "a")).isEqualTo(ChartBackoff.LONGEST);
        assertThat(attempts.times(KEY, "a")).isEqualTo(1_003);
    }

    @Test
    void aChangedChartIsTriedAtOnce() {
        attempts.failed(KEY, "a");
        assertThat(attempts.wait(KEY, "a")).isEqualTo(Duration.ofSeconds(10));
        assertThat(attempts.wait(KEY, "b")).isZero();
        clock.advance(Duration.ofSeconds(10));
        assertThat(attempts.wait(KEY, "a")).isZero();
        attempts.forget(KEY);
        assertThat(attempts.times(KEY, "a")).isZero();
    }
}
