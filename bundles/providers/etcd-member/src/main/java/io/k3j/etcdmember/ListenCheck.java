package io.k3j.etcdmember;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Checks the listen addresses before etcd starts, because etcd reports a failure to listen only in its log and
/// ends.
final class ListenCheck {
    private ListenCheck() {
    }

    /// Binds every address etcd is going to bind.
    /// @throws MemberFault naming the address that cannot be used
    static void check(MemberConfig config) {
        Map<String, List<InetSocketAddress>> wanted = new LinkedHashMap<>();
        wanted.put("listen-client-urls", withLoopback(config.host(), config.ports().client()));
        wanted.put("listen-peer-urls", withLoopback(config.host(), config.ports().peer()));
        wanted.put("listen-metrics-urls", List.of(new InetSocketAddress(config.metrics(), config.ports().metrics())));
        // `--etcd-arg` may have moved these
        wanted.keySet().removeAll(config.arguments().keySet());
        wanted.values().forEach(addresses -> addresses.forEach(ListenCheck::check));
    }

    private static List<InetSocketAddress> withLoopback(String host, int port) {
        List<InetSocketAddress> all = new ArrayList<>(List.of(new InetSocketAddress(host, port)));
        if (!host.startsWith("127.")) {
            all.addFirst(new InetSocketAddress("127.0.0.1", port));
        }
        return all;
    }

    private static void check(InetSocketAddress address) {
        if (!isLocal(address.getAddress())) {
            throw new MemberFault("the managed etcd cannot listen at " + address.getHostString()
                    + ": that is no address of this machine; give --node-ip one of those that ip address shows");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException inUse) {
            throw new MemberFault("the managed etcd cannot listen at " + address.getHostString() + ":"
                    + address.getPort() + ": " + inUse.getMessage() + "; see who does: ss -ltnp sport = :"
                    + address.getPort());
        }
    }

    private static boolean isLocal(InetAddress address) {
        try {
            return address.isLoopbackAddress() || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
