package io.k3j.agent;

import java.util.Arrays;
import java.util.stream.Collectors;

/// How much a server behind the load balancer is worth, worst first; the ordinals are those of K3s' metric.
enum State {
    /// Taken away.
    INVALID,
    /// Did not answer.
    FAILED,
    /// The registration address, when it is none of the servers' own.
    STANDBY,
    /// New.
    UNCHECKED,
    /// Answered once.
    RECOVERING,
    /// Answers, for a while already.
    HEALTHY,
    /// Answers since a short while: connections go there first, so that load spreads.
    PREFERRED,
    /// Has the connections.
    ACTIVE;

    /// `0=INVALID, 1=FAILED, …`.
    static String numbers() {
        return Arrays.stream(values()).map(s -> s.ordinal() + "=" + s).collect(Collectors.joining(", "));
    }
}
