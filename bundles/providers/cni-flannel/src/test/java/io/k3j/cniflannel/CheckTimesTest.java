package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTimesTest {
    private static final Instant BEGIN = Instant.ofEpochSecond(86_400);
    private Instant now = BEGIN;
    private final CheckTimes times = new CheckTimes(() -> now);

    /// As where others change the rules of this machine all the time.
    @Test
    void aLookIsNotPutOffByChanges() {
        List<Duration> looks = new ArrayList<>();
        int rules = 0;
        while (now.isBefore(BEGIN.plusSeconds(121))) {
            assertThat(times.left()).isBetween(Duration.ofMillis(1), CheckTimes.INTERVAL);
            now = now.plusMillis(100);
            if (times.look()) {
                looks.add(Duration.between(BEGIN, now));
                rules += times.rules() ? 1 : 0;
            }
        }
        assertThat(looks).hasSize(24).startsWith(Duration.ofSeconds(5), Duration.ofSeconds(10));
        assertThat(rules).isEqualTo(2);
    }

    @Test
    void aLookThatIsLateIsMadeOnceAtOnce() {
        now = now.plusSeconds(60);
        assertThat(times.left()).isZero();
        assertThat(times.look()).isTrue();
        assertThat(times.look()).isFalse();
        assertThat(times.left()).isEqualTo(CheckTimes.INTERVAL);
    }
}
