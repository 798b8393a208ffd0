package io.k3j.netpolicy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One end of a packet.
///
/// @param address as the packet has it after translation of Services
/// @param pod who has the address; empty for what is no pod, and for pods on their node's own network
/// @param namespaceLabels of the pod's Namespace
/// @param node whose own address it is, which pods on their node's own network send from; empty for all others
public record PolicyEnd(InetAddress address, Optional<PolicyPod> pod, Map<String, String> namespaceLabels,
        String node) {
    /// Whether a peer includes it. A block includes the addresses of pods as well.
    ///
    /// @param protocol where a packet goes
    /// @param port where a packet goes
    boolean isOneOf(PolicyPeer peer, String protocol, int port) {
        return switch (peer) {
            case PolicyPeer.Block block -> block.ranges().contains(address);
            case PolicyPeer.Pods pods -> pod.isPresent() && pods.selects(pod.get(), namespaceLabels)
                    && (!pod.get().standIn() || pod.get().ports().stream()
                            .anyMatch(p -> p.protocol().equals(protocol) && p.number() == port));
        };
    }

    /// The numbers it has for a port with a name; none for what is no pod.
    List<Integer> calls(PolicyPort port) {
        return pod.map(p -> p.numbers(port)).orElse(List.of());
    }
}
