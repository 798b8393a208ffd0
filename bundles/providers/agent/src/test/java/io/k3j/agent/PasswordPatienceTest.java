package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class PasswordPatienceTest {
    private Instant now = Instant.EPOCH;
    private final PasswordPatience patience = new PasswordPatience(() -> now);

    @Test
    void lastsTwoMinutesFromTheFirstRejection() {
        now = now.plus(1, ChronoUnit.HOURS);
        assertThat(patience.lasts()).isTrue();
        now = now.plusSeconds(119);
        assertThat(patience.lasts()).isTrue();
        now = now.plusSeconds(1);
        assertThat(patience.lasts()).isFalse();
    }
}
