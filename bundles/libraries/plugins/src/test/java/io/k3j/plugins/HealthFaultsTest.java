package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HealthFaultsTest {
    private final HealthFaults faults = new HealthFaults();
    private Instant now = Instant.EPOCH;

    private boolean lasts(boolean well, Duration later) {
        now = now.plus(later);
        return faults.lasts("plugin:acme.jar", well, now);
    }

    @Test
    void oneThatIsRepairedByItselfIsNone() {
        assertThat(lasts(false, Duration.ZERO)).isFalse();
        assertThat(lasts(false, Duration.ofSeconds(59))).isFalse();
        assertThat(lasts(true, Duration.ofSeconds(1))).isFalse();
        assertThat(lasts(false, Duration.ofSeconds(59))).isFalse();
    }

    @Test
    void oneThatLastsIs() {
        assertThat(lasts(false, Duration.ZERO)).isFalse();
        assertThat(lasts(false, HealthFaults.LASTING)).isTrue();
        faults.again("plugin:acme.jar");
        assertThat(lasts(false, Duration.ZERO)).as("started anew").isFalse();
    }

    @Test
    void theThirdOfAShortTimeIs() {
        assertThat(lasts(false, Duration.ZERO)).isFalse();
        lasts(true, Duration.ofSeconds(1));
        assertThat(lasts(false, Duration.ofMinutes(4))).isFalse();
        lasts(true, Duration.ofSeconds(1));
        assertThat(lasts(false, Duration.ofMinutes(4))).isTrue();
        lasts(true, Duration.ofSeconds(1));
        assertThat(lasts(false, HealthFaults.WITHIN)).as("the others are long ago").isFalse();
    }
}
