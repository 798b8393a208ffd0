package io.k3j.clusterdns;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.List;

/// The addresses on which this node serves DNS.
///
/// @param addresses the node's addresses, at most one per family
/// @param port the port on all of them
/// @param networks the allowed clients besides the node itself, as `10.42.0.0/16`; empty for everybody
record ServingAddresses(List<String> addresses, int port, List<String> networks) {
    private static final int PORT = 53;
    private static final int OPEN_PORT = 10_053;

    /// The node's own addresses in the pod network.
    static ServingAddresses ofPodNetwork(List<String> gateways) {
        return new ServingAddresses(List.copyOf(gateways), PORT, List.of());
    }

    /// The node's addresses, for an external pod network; only that network is allowed.
    static ServingAddresses ofNode(List<String> nodeIps, List<String> networks) {
        return new ServingAddresses(List.copyOf(nodeIps), OPEN_PORT, List.copyOf(networks));
    }

    /// The port of the sockets for a port of the Corefile.
    int portFor(int written) {
        return written == PORT ? port : written;
    }

    /// Whether a client is allowed.
    boolean welcome(InetAddress asker) {
        return networks.isEmpty() || asker.isLoopbackAddress()
                || addresses.stream().map(InetAddress::ofLiteral).anyMatch(asker::equals)
                || networks.stream().anyMatch(n -> Cidr.parse(n).contains(asker));
    }
}
