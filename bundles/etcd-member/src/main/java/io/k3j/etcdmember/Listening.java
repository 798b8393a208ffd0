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

/// Whether etcd will be able to listen. It says so in its log only, and ends.
final class Listening {
    private Listening() {
    }

    /// Tries what etcd is going to do.
    /// @throws MemberFault naming the address that cannot be used
    static void check(MemberConfig config) {
        Map<String, List<InetSocketAddress>> wanted = new LinkedHashMap<>();
        wanted.put("listen-client-urls", both(config.host(), config.ports().client()));
        wanted.put("listen-peer-urls", both(config.host(), config.ports().peer()));
        wanted.put("listen-metrics-urls", List.of(new InetSocketAddress(config.metrics(), config.ports().metrics())));
        // whoever gives these by --etcd-arg has moved them
        wanted.keySet().removeAll(config.arguments().keySet());
        wanted.values().forEach(addresses -> addresses.forEach(Listening::check));
    }

    private static List<InetSocketAddress> both(String host, int port) {
        List<InetSocketAddress> all = new ArrayList<>(List.of(new InetSocketAddress(host, port)));
        if (!host.startsWith("127.")) {
            all.addFirst(new InetSocketAddress("127.0.0.1", port));
        }
        return all;
    }

    private static void check(InetSocketAddress address) {
        if (!here(address.getAddress())) {
            throw new MemberFault("the managed etcd cannot listen at " + address.getHostString()
                    + ": that is no address of this machine; give --node-ip one of those that ip address shows");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException taken) {
            throw new MemberFault("the managed etcd cannot listen at " + address.getHostString() + ":"
                    + address.getPort() + ": " + taken.getMessage() + "; see who does: ss -ltnp sport = :"
                    + address.getPort());
        }
    }

    private static boolean here(InetAddress address) {
        try {
            return address.isLoopbackAddress() || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
