package io.k3j.netpolicy;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One entry of a policy's `ingress` or `egress`: these peers at these ports.
///
/// @param anyPeer nobody is named, so everybody is meant; `peers` is empty then
/// @param peers any of them
/// @param anyPort no port is named, so every protocol and port is meant; `ports` is empty then
/// @param ports any of them; may be empty when none of those that were named can match
public record AllowedTraffic(boolean anyPeer, List<PolicyPeer> peers, boolean anyPort, List<PolicyPort> ports) {
    /// Reads an entry.
    ///
    /// @param side `from` or `to`
    /// @param namespace of the policy
    static AllowedTraffic of(Struct entry, String side, String namespace) {
        List<Struct> peers = entry.seq(side).structs();
        List<Struct> ports = entry.seq("ports").structs();
        return new AllowedTraffic(peers.isEmpty(), peers.stream().map(p -> PolicyPeer.of(p, namespace)).toList(),
                ports.isEmpty(), ports.stream().map(PolicyPort::of).flatMap(Optional::stream).toList());
    }

    /// The same with names replaced by what a pod calls so; what it does not have goes.
    AllowedTraffic at(PolicyPod pod) {
        if (ports.stream().noneMatch(PolicyPort::named)) {
            return this;
        }
        return new AllowedTraffic(anyPeer, peers, anyPort, ports.stream()
                .flatMap(p -> p.named() ? pod.named(p).stream() : Stream.of(p)).distinct().toList());
    }
}
