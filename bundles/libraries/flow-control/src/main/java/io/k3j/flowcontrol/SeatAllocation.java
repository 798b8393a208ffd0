package io.k3j.flowcontrol;

import java.util.List;

/// Shares a number of seats among priority levels: all get the same fraction of what they could use, but none fewer
/// than its lower and none more than its upper bound (KEP-1040, "Dispatching and borrowing").
final class SeatAllocation {
    /// What counts as no demand: too small a part for a seat, so that levels without demand still share what is left.
    private static final double LEAST = 0.001;
    private static final int STEPS = 200;

    private SeatAllocation() {
    }

    /// A level.
    /// @param target what it could use
    record Item(double lower, double upper, double target) {
        double at(double fraction) {
            return Math.clamp(fraction * Math.max(LEAST, target), lower, Math.max(lower, upper));
        }
    }

    /// The fraction with which the parts together come to `seats`; beyond all bounds the parts are those bounds.
    static double fraction(double seats, List<Item> items) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < STEPS && sum(high, items) < seats; i++) {
            high *= 2;
        }
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (sum(middle, items) < seats) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double sum(double fraction, List<Item> items) {
        double sum = 0;
        for (Item item : items) {
            sum += item.at(fraction);
        }
        return sum;
    }
}
