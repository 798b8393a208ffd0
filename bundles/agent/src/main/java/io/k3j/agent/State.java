package io.k3j.agent;

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
    ACTIVE
}
