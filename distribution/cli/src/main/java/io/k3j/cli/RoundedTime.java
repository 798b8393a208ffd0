package io.k3j.cli;

import java.time.Duration;

/// A duration as people say it, in the words and steps of go-humanize.
final class RoundedTime {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    private static final long MONTH = 30 * DAY;
    private static final long YEAR = 12 * MONTH;
    private static final long LONG = 37 * YEAR;

    private RoundedTime() {
    }

    /// Its size; whether it is in the past is not told.
    static String of(Duration duration) {
        long seconds = duration.abs().toSeconds();
        return seconds < 1 ? "now"
                : seconds < MINUTE ? words(seconds, "second")
                        : seconds < HOUR ? words(seconds / MINUTE, "minute") : longer(seconds);
    }

    private static String longer(long seconds) {
        return seconds < DAY ? words(seconds / HOUR, "hour")
                : seconds < WEEK ? words(seconds / DAY, "day")
                        : seconds < MONTH ? words(seconds / WEEK, "week")
                                : seconds < YEAR ? words(seconds / MONTH, "month") : years(seconds);
    }

    /// From a year and a half on there are two.
    private static String years(long seconds) {
        return seconds >= LONG ? "a long while"
                : words(seconds < YEAR + YEAR / 2 ? 1 : Math.max(2, seconds / YEAR), "year");
    }

    private static String words(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }
}
