package io.k3j.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// When probes are made.
class ProbeCounterTest {
    private static final Instant DAY = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static ProbeCounter counter(long delay, long period) {
        return new ProbeCounter(Struct.of("initialDelaySeconds", delay, "periodSeconds", period));
    }

    @Test
    void theFirstOneCountsFromTheStartOfTheContainer() {
        assertThat(counter(30, 10).untilNext(DAY.plusSeconds(10), DAY, 0)).isEqualTo(20 * SECOND);
        assertThat(counter(30, 10).untilNext(DAY.plusSeconds(40), DAY, 0)).isZero();
        // a container from the future, by a clock that was set back, is not waited for longer
        assertThat(counter(30, 10).untilNext(DAY, DAY.plusSeconds(60), 0)).isEqualTo(30 * SECOND);
    }

    @Test
    void laterOnesAreMadeOncePerPeriodHoweverLongTheAnswerTakes() {
        ProbeCounter counter = counter(0, 10);
        assertThat(counter.untilNext(DAY, DAY, 0)).isZero();
        assertThat(counter.untilNext(DAY, DAY, 4 * SECOND)).isEqualTo(6 * SECOND);
        assertThat(counter.untilNext(DAY, DAY, 11 * SECOND)).isEqualTo(9 * SECOND);
    }

    @Test
    void oneThatWasMissedIsMadeAtOnceAndOthersAreLeftOut() {
        ProbeCounter counter = counter(0, 10);
        counter.untilNext(DAY, DAY, 0);
        assertThat(counter.untilNext(DAY, DAY, 35 * SECOND)).isZero();
        assertThat(counter.untilNext(DAY, DAY, 36 * SECOND)).isEqualTo(4 * SECOND);
    }
}
