package io.k3j.apimachinery;

import java.time.Duration;

/// What Go's `time.ParseDuration` reads, with its messages: `1h30m`, `-1.5h`, `300ms`. Pure.
public final class GoDuration {
    /// So many digits fit in a `long`.
    private static final int MAX_DIGITS = 18;

    private GoDuration() {
    }

    /// Reads one. A sign in front counts for all parts; `0` needs no unit.
    ///
    /// @throws IllegalArgumentException with Go's message; also for what is longer than 292 years
    public static Duration parse(String text) {
        int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        if (at == text.length()) {
            throw invalid(text);
        }
        if (text.length() == at + 1 && text.charAt(at) == '0') {
            return Duration.ZERO;
        }
        try {
            long nanos = 0;
            while (at < text.length()) {
                int point = digits(text, at);
                int unit = point < text.length() && text.charAt(point) == '.' ? digits(text, point + 1) : point;
                int end = unit;
                while (end < text.length() && text.charAt(end) != '.' && !digit(text.charAt(end))) {
                    end++;
                }
                String fraction = text.substring(Math.min(point + 1, unit), unit);
                nanos = Math.addExact(nanos, nanos(text.substring(at, point), fraction, text.substring(unit, end),
                        text));
                at = end;
            }
            return Duration.ofNanos(text.charAt(0) == '-' ? -nanos : nanos);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("time: invalid duration \"" + text + "\"", e);
        }
    }

    /// Where the digits from a place on end.
    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && digit(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// One part, of which the digits before or behind the point may be missing.
    private static long nanos(String whole, String fraction, String unit, String text) {
        if (whole.isEmpty() && fraction.isEmpty() || whole.length() > MAX_DIGITS) {
            throw invalid(text);
        }
        long one = unit(unit, text);
        long nanos = whole.isEmpty() ? 0 : Math.multiplyExact(Long.parseLong(whole), one);
        if (fraction.isEmpty()) {
            return nanos;
        }
        String digits = fraction.substring(0, Math.min(MAX_DIGITS, fraction.length()));
        return Math.addExact(nanos, (long) (Long.parseLong(digits) * (one / Math.pow(10, digits.length()))));
    }

    /// In nanoseconds. Both signs for micro are read.
    private static long unit(String unit, String text) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "\u00b5s", "\u03bcs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "" -> throw new IllegalArgumentException("time: missing unit in duration \"" + text + "\"");
            default -> throw new IllegalArgumentException(
                    "time: unknown unit \"" + unit + "\" in duration \"" + text + "\"");
        };
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("time: invalid duration \"" + text + "\"");
    }
}
