package io.k3j.model;

import java.time.Duration;

/// Lengths of time as kubectl shows them: `5s`, `3m20s`, `4h`, `2d3h`, `1y20d`. Pure.
public final class HumanDuration {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long YEAR = 365 * DAY;

    private HumanDuration() {
    }

    /// A duration in at most two units, coarser the longer it is. Clocks may differ by a second; what lies further in
    /// the future is `<invalid>`.
    public static String of(Duration duration) {
        long s = duration.toSeconds();
        if (s < 2 * MINUTE) {
            return s < -1 ? "<invalid>" : Math.max(s, 0) + "s";
        }
        if (s < 10 * MINUTE) {
            return two(s / MINUTE, "m", s % MINUTE, "s");
        }
        if (s < 3 * HOUR) {
            return s / MINUTE + "m";
        }
        if (s < 8 * HOUR) {
            return two(s / HOUR, "h", s / MINUTE % 60, "m");
        }
        if (s < 2 * DAY) {
            return s / HOUR + "h";
        }
        if (s < 8 * DAY) {
            return two(s / DAY, "d", s / HOUR % 24, "h");
        }
        if (s < 2 * YEAR) {
            return s / DAY + "d";
        }
        return s < 8 * YEAR ? two(s / YEAR, "y", s / DAY % 365, "d") : s / YEAR + "y";
    }

    private static String two(long first, String unit, long second, String smaller) {
        return second == 0 ? first + unit : first + unit + second + smaller;
    }
}
