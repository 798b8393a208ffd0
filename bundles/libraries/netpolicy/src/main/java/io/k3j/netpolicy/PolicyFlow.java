package io.k3j.netpolicy;

/// A new flow.
///
/// @param from who begins it
/// @param to who it goes to, after translation of Services
/// @param protocol `tcp`, `udp` or `sctp`; anything else passes only where no port is named
/// @param port where it goes, after translation of Services
public record PolicyFlow(PolicyEnd from, PolicyEnd to, String protocol, int port) {
    /// The end that a policy of this direction is about.
    PolicyEnd subject(Direction direction) {
        return direction == Direction.INGRESS ? to : from;
    }

    /// The end that a policy of this direction names as a peer.
    PolicyEnd peer(Direction direction) {
        return direction == Direction.INGRESS ? from : to;
    }
}
