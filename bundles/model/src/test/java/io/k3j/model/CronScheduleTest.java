package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 */12 * * *|2026-11-20T12:00:00Z|2026-11-21T00:00:00Z",
            "*/5 * * * *|2026-11-20T12:01:30Z|2026-11-20T12:05:00Z", "@daily|2026-11-20T12:00:00Z|2026-11-21T00:00:00Z",
            "30 6 1,15 * *|2026-11-20T12:00:00Z|2026-12-01T06:30:00Z",
            "0 0 * * 7|2026-11-20T12:00:00Z|2026-11-22T00:00:00Z",
            "0 0 29 2 *|2026-11-20T12:00:00Z|2028-02-29T00:00:00Z",
            "0 9-17/4 * * 1-5|2026-11-20T17:30:00Z|2026-11-23T09:00:00Z",
            "0 0 1 * 1|2026-11-20T12:00:00Z|2026-11-23T00:00:00Z"})
    void theNextTimeIsTheFirstThatFits(String schedule, Instant now, Instant next) {
        assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).after(now)).hasValue(next);
    }

    @Test
    void aTimeThatNeverComesIsSaid() {
        assertThat(CronSchedule.parse("0 0 31 2 *", ZoneOffset.UTC).after(Instant.EPOCH)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"0 0 * *", "60 * * * *", "a * * * *", "*/0 * * * *", "5-1 * * * *", "@every soon"})
    void whatIsNoScheduleIsRefused(String schedule) {
        assertThatThrownBy(() -> CronSchedule.parse(schedule, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
