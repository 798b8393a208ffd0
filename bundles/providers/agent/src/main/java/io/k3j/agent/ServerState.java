package io.k3j.agent;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The states of a server behind the load balancer, in ascending preference; the ordinals are the values of
/// K3s' metric.
enum ServerState {
    /// Removed.
    INVALID,
    /// The last dial or check failed.
    FAILED,
    /// The registration address, when it is no server's own address.
    STANDBY,
    /// Not yet dialled or checked.
    UNCHECKED,
    /// Succeeded once.
    RECOVERING,
    /// Healthy for a while.
    HEALTHY,
    /// Healthy since recently: gets new connections first, so that load spreads.
    PREFERRED,
    /// Has the connections.
    ACTIVE;

    /// `0=INVALID, 1=FAILED, …`.
    static String numbers() {
        return Arrays.stream(values()).map(s -> s.ordinal() + "=" + s).collect(Collectors.joining(", "));
    }
}
