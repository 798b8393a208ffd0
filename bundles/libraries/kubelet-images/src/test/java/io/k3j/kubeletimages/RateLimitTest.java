package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final ManualClock clock = new ManualClock();

    @Test
    void aBurstIsTakenAtOnceAndTheRestAsItComes() {
        RateLimit limit = new RateLimit(2, 3, clock);
        for (int i = 0; i < 3; i++) {
            assertThat(limit.take()).isZero();
        }
        assertThat(limit.take()).isEqualTo(Duration.ofMillis(500));
        assertThat(limit.take()).as("in the order of asking").isEqualTo(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(limit.take()).isEqualTo(Duration.ofMillis(500));
        limit.giveBack();
        assertThat(limit.take()).as("what nobody has used").isEqualTo(Duration.ofMillis(500));
        clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            assertThat(limit.take()).isZero();
        }
        assertThat(limit.take()).as("no more than a burst is saved").isPositive();
    }

    @Test
    void zeroIsNoLimit() {
        RateLimit limit = new RateLimit(0, 1, clock);
        for (int i = 0; i < 1000; i++) {
            assertThat(limit.take()).isZero();
        }
    }
}
