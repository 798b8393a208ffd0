package io.k3j.codec;

import java.math.BigDecimal;
import java.util.Map;

/// Go's `time.Duration` as text, `1m30.5s`, and as the nanoseconds that protobuf has of `metav1.Duration`. Pure.
public final class DurationText {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final Map<String, Long> UNITS = Map.of("ns", 1L, "us", 1_000L, "µs", 1_000L, "ms", 1_000_000L, "s",
            SECOND, "m", MINUTE, "h", HOUR);

    private DurationText() {
    }

    /// @param text as Go's `ParseDuration` reads it; the schema has checked it
    /// @throws IllegalArgumentException when it is none
    public static long nanos(String text) {
        boolean negative = text.startsWith("-");
        int at = negative || text.startsWith("+") ? 1 : 0;
        BigDecimal sum = BigDecimal.ZERO;
        while (at < text.length()) {
            int unit = at;
            while (unit < text.length() && (Character.isDigit(text.charAt(unit)) || text.charAt(unit) == '.')) {
                unit++;
            }
            int end = unit;
            while (end < text.length() && !Character.isDigit(text.charAt(end)) && text.charAt(end) != '.') {
                end++;
            }
            Long factor = unit == end && text.equals("0") ? Long.valueOf(0) : UNITS.get(text.substring(unit, end));
            if (factor == null || unit == at) {
                throw new IllegalArgumentException("not a duration: " + text);
            }
            sum = sum.add(new BigDecimal(text.substring(at, unit)).multiply(BigDecimal.valueOf(factor)));
            at = end;
        }
        return negative ? -sum.longValue() : sum.longValue();
    }

    /// As Go's `Duration.String` writes it.
    public static String text(long nanos) {
        long rest = Math.abs(nanos);
        StringBuilder b = new StringBuilder(nanos < 0 ? "-" : "");
        if (rest == 0) {
            return "0s";
        }
        if (rest < SECOND) {
            long unit = rest < 1_000 ? 1 : rest < 1_000_000 ? 1_000 : 1_000_000;
            return b.append(decimal(rest, unit)).append(unit == 1 ? "ns" : unit == 1_000 ? "µs" : "ms").toString();
        }
        if (rest >= HOUR) {
            b.append(rest / HOUR).append('h');
        }
        if (rest >= MINUTE) {
            b.append(rest % HOUR / MINUTE).append('m');
        }
        return b.append(decimal(rest % MINUTE, SECOND)).append('s').toString();
    }

    private static String decimal(long nanos, long unit) {
        return new BigDecimal(nanos).divide(new BigDecimal(unit)).toPlainString();
    }
}
