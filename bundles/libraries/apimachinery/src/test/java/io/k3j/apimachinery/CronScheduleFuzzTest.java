package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/// A schedule is read or refused, and its next time is later.
public class CronScheduleFuzzTest {
    private static final Instant NOW = Instant.parse("2026-02-28T23:59:30Z");

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> CronSchedule.parse(Fuzzing.text(input), ZoneOffset.UTC).after(NOW)
                .ifPresent(next -> assertThat(next).isAfter(NOW)), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(CronScheduleFuzzTest::fuzzerTestOneInput, Fuzzing.texts("*/15 9-17/4 1,15 jan-dec sun", "@hourly",
                "@every 1h30m10s", "CRON_TZ=Europe/Berlin 0 2 * * 0", "0 0 31 2 ?", "5/15 0 * * MON-FRI"));
    }
}
