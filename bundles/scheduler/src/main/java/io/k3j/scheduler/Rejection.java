package io.k3j.scheduler;

import java.util.List;

/// Why a pod cannot go to a node.
///
/// @param plugin upstream's name of the filter
/// @param reasons as counted in messages to users
/// @param resolvable whether the node could take the pod if other pods left it
record Rejection(String plugin, List<String> reasons, boolean resolvable) {
    static Rejection hard(String plugin, String reason) {
        return new Rejection(plugin, List.of(reason), false);
    }

    static Rejection soft(String plugin, String reason) {
        return new Rejection(plugin, List.of(reason), true);
    }
}
