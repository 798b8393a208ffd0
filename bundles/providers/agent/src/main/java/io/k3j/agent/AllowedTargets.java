package io.k3j.agent;

import io.k3j.componenthelpers.Cidr;
import io.k3j.streaming.TunnelTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/// The addresses servers may reach through the tunnel: always the kubelet and the container runtime's streams
/// on loopback; with `--egress-selector-mode` `cluster` or `pod` also the node's own addresses and the pod
/// networks.
final class AllowedTargets implements TunnelTarget {
    /// The port of containerd's stream server in K3s.
    private static final int STREAMS = 10_010;
    private static final int CONNECT_MILLIS = 15_000;

    private final Set<Integer> ports;
    private final List<String> nodeAddresses;
    private volatile List<String> networks = List.of();

    /// @param kubeletPort the kubelet's port
    /// @param nodeAddresses the node's own addresses
    AllowedTargets(int kubeletPort, List<String> nodeAddresses) {
        this.ports = Set.of(kubeletPort, STREAMS);
        this.nodeAddresses = nodeAddresses;
    }

    /// Sets the cluster's egress mode and pod networks.
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
            socket.connect(new InetSocketAddress(ServerAddresses.host(address), ServerAddresses.port(address)),
                    CONNECT_MILLIS);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new IOException("cannot connect to " + address + " on this node: " + refused.getMessage(), refused);
        }
    }

    /// Whether an address may be reached. Host names are refused, because resolving them could bypass the
    /// check.
    boolean allowed(String address) {
        try {
            InetAddress ip = InetAddress.ofLiteral(ServerAddresses.host(address));
            int port = ServerAddresses.port(address);
            if (ip.isLoopbackAddress()) {
                return ports.contains(port);
            }
            return !networks.isEmpty()
                    && (nodeAddresses.contains(Cidr.text(ip))
                            || networks.stream().anyMatch(n -> Cidr.parse(n).contains(ip)));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException noAddress) {
            return false;
        }
    }
}
