package io.k3j.kubeleteviction;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Below what something is short. Pure.
///
/// @param signal what is looked at
/// @param value the amount that has to be left
/// @param grace how long it has to be short before pods go; zero for a hard threshold
/// @param reclaim how much more has to be left before it is no longer short; null for none
record Threshold(EvictionSignal signal, Amount value, Duration grace, @Nullable Amount reclaim) {
    boolean hard() {
        return grace.isZero();
    }

    /// Whether less is left than has to be.
    /// @param reclaiming whether it was short, so that more has to be left
    boolean met(Observations.Observation seen, boolean reclaiming) {
        var least = value.of(seen.capacity());
        if (reclaiming && reclaim != null) {
            least = least.add(reclaim.of(seen.capacity()));
        }
        return least.compareTo(seen.available()) > 0;
    }
}
