package io.k3j.kubeleteviction;

import io.k3j.apimachinery.Quantity;
import org.jspecify.annotations.Nullable;

/// An amount, or a part of a capacity. A part is counted in the precision upstream counts in, so that messages show the
/// same bytes. Pure.
///
/// @param quantity null for a part
/// @param part of the capacity, 0 to 1
record Amount(@Nullable Quantity quantity, float part) {
    private static final float PERCENT = 100;

    /// Reads a number with `%`.
    /// @throws IllegalArgumentException with Go's message
    static Amount percent(String text) {
        String number = text.substring(0, text.indexOf('%'));
        try {
            return new Amount(null, Float.parseFloat(number) / PERCENT);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("strconv.ParseFloat: parsing \"" + number + "\": invalid syntax", e);
        }
    }

    static Amount quantity(String text) {
        return new Amount(Quantity.parse(text), 0);
    }

    /// Of a capacity.
    Quantity of(long capacity) {
        return quantity != null ? quantity : Quantity.bytes((long) (capacity * (double) part));
    }
}
