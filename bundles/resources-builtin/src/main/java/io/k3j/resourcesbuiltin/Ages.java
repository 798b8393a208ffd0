package io.k3j.resourcesbuiltin;

import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// Lengths of time as kubectl shows them: `5s`, `3m20s`, `4h`, `2d3h`, `1y20d`. Pure.
final class Ages {
    static final String UNKNOWN = "<unknown>";
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long YEAR = 365 * DAY;

    private Ages() {
    }

    /// How long ago a timestamp was.
    static String since(String timestamp, Instant now) {
        if (timestamp.isEmpty()) {
            return UNKNOWN;
        }
        try {
            return human(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeException e) {
            return UNKNOWN;
        }
    }

    /// The age of an object.
    static String of(Struct object, Instant now) {
        return since(object.struct("metadata").text("creationTimestamp"), now);
    }

    /// A duration in at most two units, coarser the longer it is.
    static String human(Duration duration) {
        long s = duration.toSeconds();
        if (s < 0) {
            return s < -1 ? "<invalid>" : "0s";
        }
        if (s < 2 * MINUTE) {
            return s + "s";
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
