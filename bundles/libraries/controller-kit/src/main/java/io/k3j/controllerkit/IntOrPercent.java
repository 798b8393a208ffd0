package io.k3j.controllerkit;

import org.jspecify.annotations.Nullable;

/// Values that are a number or a share of a total, as `25%` (`IntOrString`; upstream's
/// `GetScaledValueFromIntOrPercent`). Pure.
public final class IntOrPercent {
    private IntOrPercent() {
    }

    /// The number meant; a share is rounded up or down. What cannot be read is 0: validation has refused it before.
    ///
    /// @param value a number as it is, whatever the total; a text with `%`; else 0
    public static int resolve(@Nullable Object value, long total, boolean roundUp) {
        if (value instanceof Long n) {
            return Math.clamp(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (value instanceof String s && s.endsWith("%")) {
            try {
                long share = Math.multiplyExact(Long.parseLong(s.substring(0, s.length() - 1)), total);
                return Math.toIntExact(roundUp ? Math.ceilDiv(share, 100) : Math.floorDiv(share, 100));
            } catch (ArithmeticException | NumberFormatException e) {
                return 0;
            }
        }
        return 0;
    }
}
