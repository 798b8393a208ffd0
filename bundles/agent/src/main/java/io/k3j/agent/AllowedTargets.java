package io.k3j.agent;

import io.k3j.streaming.TunnelTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/// What servers may reach through the tunnel: the kubelet and the runtime's streams on loopback, always; the
/// node's own addresses and the pod networks when `--egress-selector-mode` is `cluster` or `pod`.
final class AllowedTargets implements TunnelTarget {
    /// Where containerd's streams are served, in K3s.
    private static final int STREAMS = 10_010;
    private static final int CONNECT_MILLIS = 15_000;
    private static final int BITS = 8;

    private final Set<Integer> ports;
    private final List<String> nodeAddresses;
    private volatile List<String> networks = List.of();

    /// Knows the kubelet's port and the node's own addresses.
    AllowedTargets(int kubeletPort, List<String> nodeAddresses) {
        this.ports = Set.of(kubeletPort, STREAMS);
        this.nodeAddresses = nodeAddresses;
    }

    /// The cluster's mode and pod networks.
    void mode(String mode, List<String> clusterCidrs) {
        networks = mode.equals("cluster") || mode.equals("pod") ? clusterCidrs : List.of();
    }

    @Override
    public Socket connect(String protocol, String address) throws IOException {
        if (!protocol.equals("tcp") || !allowed(address)) {
            throw new IOException("connect not allowed");
        }
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(Addresses.host(address), Addresses.port(address)), CONNECT_MILLIS);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new IOException("cannot connect to " + address + " on this node: " + refused.getMessage(), refused);
        }
    }

    /// Whether an address may be reached. Names are not looked up: only literals are allowed.
    boolean allowed(String address) {
        try {
            InetAddress ip = InetAddress.ofLiteral(Addresses.host(address));
            int port = Addresses.port(address);
            if (ip.isLoopbackAddress()) {
                return ports.contains(port);
            }
            return !networks.isEmpty()
                    && (nodeAddresses.contains(ip.getHostAddress()) || networks.stream().anyMatch(n -> holds(n, ip)));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException noAddress) {
            return false;
        }
    }

    private static boolean holds(String network, InetAddress ip) {
        int slash = network.indexOf('/');
        byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
        byte[] address = ip.getAddress();
        int bits = Integer.parseInt(network.substring(slash + 1));
        if (base.length != address.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % BITS;
            if ((base[i / BITS] & mask) != (address[i / BITS] & mask)) {
                return false;
            }
        }
        return true;
    }
}
