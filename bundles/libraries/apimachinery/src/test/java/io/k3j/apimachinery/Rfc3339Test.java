package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    @ParameterizedTest
    @ValueSource(strings = {"2026-01-02T03:04:05.999Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z",
            "2024-02-29T23:59:59Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
            "+10000-01-01T00:00:00Z", "-0001-12-31T23:59:59Z"})
    void isTheTextOfTheWholeSecond(String time) {
        Instant at = Instant.parse(time);
        assertThat(Rfc3339.seconds(at)).isEqualTo(at.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    @Test
    void isTheTextOfAnySecond() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            Instant at = Instant.ofEpochSecond(random.nextLong(-70_000_000_000L, 260_000_000_000L),
                    random.nextInt(999));
            assertThat(Rfc3339.seconds(at)).as("seed %d", seed)
                    .isEqualTo(at.truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
