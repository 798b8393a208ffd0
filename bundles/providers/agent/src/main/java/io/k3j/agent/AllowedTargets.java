package io.k3j.agent;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.streaming.TunnelTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The addresses servers may reach through the tunnel: always the kubelet and the container runtime's streams
/// on loopback; with `--egress-selector-mode=cluster` also the node's own addresses and the pod networks, and with
/// `pod` the addresses of the pods that run here, and of the node's own the ports that such pods declare. As K3s'
/// `pkg/agent/tunnel` has it.
final class AllowedTargets implements TunnelTarget {
    /// The port of containerd's stream server in K3s.
    private static final int STREAMS = 10_010;
    private static final int CONNECT_MILLIS = 15_000;

    private final Set<Integer> ports;
    private final List<String> nodeAddresses;
    private final Supplier<List<Obj>> pods;
    private volatile Further further = (ip, port) -> false;

    /// What is allowed besides the kubelet and the streams.
    private interface Further {
        boolean allows(InetAddress ip, int port);
    }

    /// @param kubeletPort the kubelet's port
    /// @param nodeAddresses the node's own addresses
    /// @param pods those that are bound to this node
    AllowedTargets(int kubeletPort, List<String> nodeAddresses, Supplier<List<Obj>> pods) {
        this.ports = Set.of(kubeletPort, STREAMS);
        this.nodeAddresses = nodeAddresses;
        this.pods = pods;
    }

    /// Sets the cluster's egress mode and pod networks.
    void mode(String mode, List<String> clusterCidrs) {
        further = switch (mode) {
            case "cluster" -> (ip, port) -> nodeAddresses.contains(Cidr.text(ip))
                    || clusterCidrs.stream().anyMatch(n -> Cidr.parse(n).contains(ip));
            case "pod" -> this::ofPod;
            default -> (ip, port) -> false;
        };
    }

    private boolean ofPod(InetAddress ip, int port) {
        String address = Cidr.text(ip);
        boolean node = nodeAddresses.contains(address);
        return pods.get().stream().filter(pod -> pod.tree().struct("metadata").text("deletionTimestamp").isEmpty())
                .filter(pod -> pod.tree().struct("spec").flag("hostNetwork") == node)
                .anyMatch(pod -> node ? declares(pod, port) : has(pod, address));
    }

    private static boolean declares(Obj pod, int port) {
        return pod.tree().struct("spec").seq("containers").structs().stream()
                .flatMap(container -> container.seq("ports").structs().stream())
                .anyMatch(declared -> declared.whole("containerPort", 0) == port
                        && Set.of("", "TCP").contains(declared.text("protocol")));
    }

    private static boolean has(Obj pod, String address) {
        return pod.tree().struct("status").seq("podIPs").structs().stream()
                .anyMatch(ip -> ip.text("ip").equals(address));
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
            return further.allows(ip, port);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException noAddress) {
            return false;
        }
    }
}
