package io.k3j.apimachinery;

import java.time.Duration;

/// Durations as flags have them: `5m`, `1h30m`, `90s`, `250ms`. What Go's `time.ParseDuration` reads, without
/// fractions, signs and units below a millisecond. Pure.
public final class Durations {
    private Durations() {
    }

    /// Reads one; the empty text is none at all, zero. Numbers have nine digits at most, so that no sum overflows.
    ///
    /// @param text numbers, each with its unit behind it, which are added up in any order
    /// @throws IllegalArgumentException in a sentence when it is no duration; the sentence is shown to who typed the
    ///     flag
    public static Duration parse(String text) {
        Duration all = Duration.ZERO;
        int at = 0;
        while (at < text.length()) {
            int digits = at;
            while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
                digits++;
            }
            int unit = digits;
            while (unit < text.length() && !Character.isDigit(text.charAt(unit))) {
                unit++;
            }
            if (digits == at || digits - at > 9) {
                throw new IllegalArgumentException("'" + text + "' is no duration; use for instance 10m or 1h30m");
            }
            all = all.plus(unit(text.substring(digits, unit), text)
                    .multipliedBy(Long.parseLong(text.substring(at, digits))));
            at = unit;
        }
        return all;
    }

    private static Duration unit(String unit, String text) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> throw new IllegalArgumentException(
                    "'" + text + "' is no duration; use for instance 10m or 1h30m");
        };
    }
}
