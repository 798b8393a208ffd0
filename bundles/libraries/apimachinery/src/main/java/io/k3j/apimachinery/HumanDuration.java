package io.k3j.apimachinery;

import java.time.Duration;

/// Lengths of time as kubectl shows them: `5s`, `3m20s`, `4h`, `2d3h`, `1y20d`. Upstream's `duration.HumanDuration`
/// (apimachinery), whose steps are kept exactly: clients show what the server wrote. Pure.
public final class HumanDuration {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long YEAR = 365 * DAY;

    private HumanDuration() {
    }

    /// A duration in at most two units, coarser the longer it is: seconds up to two minutes, seconds beside minutes up
    /// to ten, minutes beside hours up to eight, and so on. Clocks may differ by a second; what lies further in the
    /// future is `<invalid>`.
    ///
    /// | length | shown as |
    /// |---|---|
    /// | below 2 minutes | `119s` |
    /// | below 10 minutes | `9m59s` |
    /// | below 3 hours | `179m` |
    /// | below 8 hours | `7h59m` |
    /// | below 2 days | `47h` |
    /// | below 8 days | `7d23h` |
    /// | below 2 years | `729d` |
    /// | below 8 years | `7y364d` |
    /// | else | `8y` |
    ///
    /// @param duration parts below a second are dropped, of negative ones too; a year has 365 days
    public static String of(Duration duration) {
        long s = duration.isNegative() ? -duration.negated().toSeconds() : duration.toSeconds();
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

    /// Two units, the smaller one left out when it is 0.
    private static String two(long first, String unit, long second, String smaller) {
        return second == 0 ? first + unit : first + unit + second + smaller;
    }
}
