package io.k3j.scheduler;

import java.util.List;

/// Why a node is not feasible.
///
/// @param plugin upstream's name of the filter
/// @param reasons the reasons, as counted in messages
/// @param resolvable whether preemption could make the node feasible
record Rejection(String plugin, List<String> reasons, boolean resolvable) {
    /// Upstream's name of the outcome.
    String status() {
        return resolvable ? Timing.UNSCHEDULABLE : Timing.UNSCHEDULABLE + "AndUnresolvable";
    }

    static Rejection hard(String plugin, String reason) {
        return new Rejection(plugin, List.of(reason), false);
    }

    static Rejection soft(String plugin, String reason) {
        return new Rejection(plugin, List.of(reason), true);
    }
}
