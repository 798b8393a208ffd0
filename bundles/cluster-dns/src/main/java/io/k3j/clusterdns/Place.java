package io.k3j.clusterdns;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/// Where this node answers.
///
/// @param addresses its own, at most one per family
/// @param port on all of them
/// @param networks who may ask, as `10.42.0.0/16`, besides the node itself; none: everybody
record Place(List<String> addresses, int port, List<String> networks) {
    private static final int PORT = 53;
    private static final int OPEN_PORT = 10_053;

    /// On the node's own addresses in the pod network.
    static Place inside(List<String> gateways) {
        return new Place(List.copyOf(gateways), PORT, List.of());
    }

    /// On the node's addresses, where the pod network is somebody else's; for the pod network only.
    static Place outside(List<String> nodeIps, List<String> networks) {
        return new Place(List.copyOf(nodeIps), OPEN_PORT, List.copyOf(networks));
    }

    /// Whether somebody may ask.
    boolean welcome(InetAddress asker) {
        return networks.isEmpty() || asker.isLoopbackAddress() || Set.copyOf(addresses).contains(asker.getHostAddress())
                || networks.stream().anyMatch(n -> within(asker, n));
    }

    private static boolean within(InetAddress asker, String network) {
        int slash = network.indexOf('/');
        byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
        byte[] mine = asker.getAddress();
        int bits = Integer.parseInt(network.substring(slash + 1));
        boolean same = base.length == mine.length;
        for (int bit = 0; same && bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            same = (base[bit / 8] & mask) == (mine[bit / 8] & mask);
        }
        return same;
    }
}
