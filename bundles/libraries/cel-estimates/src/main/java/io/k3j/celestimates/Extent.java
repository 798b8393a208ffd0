package io.k3j.celestimates;

/// How large a value can be: characters, bytes, elements or entries. What is computed with it stays at
/// [#UNBOUNDED] rather than to overflow.
///
/// @param least never negative
/// @param most [#UNBOUNDED] where nobody knows
record Extent(long least, long most) {
    static final long UNBOUNDED = Long.MAX_VALUE;
    static final Extent UNKNOWN = new Extent(0, UNBOUNDED);

    static Extent of(long size) {
        return new Extent(size, size);
    }

    static long sum(long a, long b) {
        return a > UNBOUNDED - b ? UNBOUNDED : a + b;
    }

    static long product(long a, long b) {
        return b != 0 && a > UNBOUNDED / b ? UNBOUNDED : a * b;
    }

    /// Rounded up.
    static long scaled(long size, double factor) {
        return (long) Math.ceil(size * factor);
    }

    Extent plus(Extent other) {
        return new Extent(sum(least, other.least), sum(most, other.most));
    }

    Extent times(Extent other) {
        return new Extent(product(least, other.least), product(most, other.most));
    }

    /// Either of them.
    Extent or(Extent other) {
        return new Extent(Math.min(least, other.least), Math.max(most, other.most));
    }

    /// What it costs at most to look at a part of each.
    long costing(double factor) {
        return scaled(most, factor);
    }
}
