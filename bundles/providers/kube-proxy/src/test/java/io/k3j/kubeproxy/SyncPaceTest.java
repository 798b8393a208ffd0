package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SyncPaceTest {
    private Instant now = Instant.EPOCH;

    @Test
    void writesAreApartAsLongAsIsSaid() {
        SyncPace pace = new SyncPace(Duration.ofSeconds(10), () -> now);
        assertThat(pace.rest()).isZero();
        pace.begun();
        assertThat(pace.rest()).isEqualTo(Duration.ofSeconds(10));
        now = now.plusSeconds(7);
        assertThat(pace.rest()).isEqualTo(Duration.ofSeconds(3));
        now = now.plusSeconds(3);
        assertThat(pace.rest()).isZero();
    }

    @Test
    void eachChangeIsWrittenAtOnceUnlessOtherwiseSaid() {
        SyncPace pace = new SyncPace(Duration.ZERO, () -> now);
        pace.begun();
        assertThat(pace.rest()).isZero();
    }
}
