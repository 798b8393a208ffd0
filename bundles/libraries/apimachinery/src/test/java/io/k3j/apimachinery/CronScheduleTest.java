package io.k3j.apimachinery;

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
            "0 0 * * 0|2026-11-20T12:00:00Z|2026-11-22T00:00:00Z",
            "0 0 29 2 *|2026-11-20T12:00:00Z|2028-02-29T00:00:00Z",
            "0 9-17/4 * * 1-5|2026-11-20T17:30:00Z|2026-11-23T09:00:00Z",
            "0 0 1 * 1|2026-11-20T12:00:00Z|2026-11-23T00:00:00Z",
            "@every 1h30m|2026-11-20T12:00:00Z|2026-11-20T13:30:00Z",
            "@every 0.5s|2026-11-20T12:00:00Z|2026-11-20T12:00:01Z",
            "@every -5m|2026-11-20T12:00:00Z|2026-11-20T12:00:01Z"})
    void theNextTimeIsTheFirstThatFits(String schedule, Instant now, Instant next) {
        assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).after(now)).hasValue(next);
    }

    @Test
    void aTimeThatNeverComesIsSaid() {
        assertThat(CronSchedule.parse("0 0 31 2 *", ZoneOffset.UTC).after(Instant.EPOCH)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"0 0 * *|expected exactly 5 fields, found 4: [0 0 * *]",
            "60 * * * *|end of range (60) above maximum (59): 60",
            "0 0 0 * *|beginning of range (0) below minimum (1): 0",
            "0 0 * * 7|end of range (7) above maximum (6): 7",
            "a * * * *|failed to parse int from a: strconv.Atoi: parsing \"a\": invalid syntax",
            "99999999999999999999 * * * *|failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
                    + "\"99999999999999999999\": value out of range",
            "*/-1 * * * *|negative number (-1) not allowed: -1",
            "*/0 * * * *|step of range should be a positive number: */0",
            "5-1 * * * *|beginning of range (5) beyond end of range (1): 5-1",
            "1-2-3 * * * *|too many hyphens: 1-2-3", "*/2/3 * * * *|too many slashes: */2/3",
            "@never|unrecognized descriptor: @never",
            "TZ=Nowhere 0 0 * * *|provided bad location Nowhere: unknown time zone Nowhere",
            "@every soon|failed to parse duration @every soon: time: invalid duration \"soon\"",
            "@every 5|failed to parse duration @every 5: time: missing unit in duration \"5\"",
            "@every 1d|failed to parse duration @every 1d: time: unknown unit \"d\" in duration \"1d\"",
            "@every 9999999999h|failed to parse duration @every 9999999999h: time: invalid duration \"9999999999h\"",
            "@every 9999999h|failed to parse duration @every 9999999h: time: invalid duration \"9999999h\""})
    void refusesInTheWordsOfUpstream(String schedule, String why) {
        assertThatThrownBy(() -> CronSchedule.parse(schedule, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class).hasMessage(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"0 0 */2 * 1|2026-11-22T00:00:00Z|2026-11-23T00:00:00Z",
                    "0 0 1 * */2|2026-11-22T00:00:00Z|2026-11-24T00:00:00Z",
                    "0 0 */1 * 1|2026-11-20T12:00:00Z|2026-11-23T00:00:00Z",
                    "0 0 *,13 * 1|2026-11-20T12:00:00Z|2026-11-23T00:00:00Z",
                    "0 0 */2 * 1|2026-11-23T00:00:00Z|2026-11-25T00:00:00Z"})
    void aStepLimitsADayField(String schedule, Instant now, Instant next) {
        assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).after(now)).hasValue(next);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"@every 1h30m|5400", "@every 1.5h|5400", "@every 90s500ms|90", "@every 0s|1",
            "@every 0|1", "@every 10ms|1", "@every -5m|1"})
    void anIntervalIsWholeSecondsAndGoesOn(String schedule, long seconds) {
        assertThat(CronSchedule.parse(schedule, ZoneOffset.UTC).after(Instant.EPOCH))
                .hasValue(Instant.ofEpochSecond(seconds));
    }

    @Test
    void theZoneInFrontOfAScheduleCounts() {
        assertThat(CronSchedule.parse("CRON_TZ=Asia/Tokyo 0 9 * * *", ZoneOffset.UTC).after(Instant.EPOCH))
                .hasValue(Instant.parse("1970-01-02T00:00:00Z"));
    }
}
