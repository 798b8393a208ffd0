package io.k3j.cniflannel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/// The link that leads to other nodes.
///
/// @param link its name
/// @param mtu bytes that fit into one packet there
/// @param four this node's address there, empty when it has none
/// @param six likewise for IPv6
record External(String link, int mtu, String four, String six) {
    private static final String LOOPBACK = "lo";
    private static final int ETHERNET_MTU = 1500;

    /// Finds it: `--flannel-iface` (a name or an address), else the link with the first `--node-ip`; on a machine
    /// without any address the loopback, so that a node alone works unplugged.
    /// @throws IOException when there is none; it may come
    static External find(String given, List<String> nodeIps) throws IOException {
        String wanted = given.isEmpty() ? nodeIps.stream().findFirst().orElse(LOOPBACK) : given;
        NetworkInterface link = literal(wanted) ? NetworkInterface.getByInetAddress(InetAddress.ofLiteral(wanted))
                : NetworkInterface.getByName(wanted);
        if (link == null) {
            throw new IOException("no link " + wanted + " on this machine; set --node-ip or --flannel-iface");
        }
        List<String> addresses = new ArrayList<>(given.isEmpty() ? nodeIps : List.of());
        link.inetAddresses().filter(a -> !a.isLinkLocalAddress()).map(External::text).forEach(addresses::add);
        if (literal(given)) {
            addresses.addFirst(text(InetAddress.ofLiteral(given)));
        }
        return new External(link.getName(), link.isLoopback() ? ETHERNET_MTU : link.getMTU(),
                first(addresses, false), first(addresses, true));
    }

    private static String first(List<String> addresses, boolean six) {
        return addresses.stream().filter(a -> a.contains(":") == six).findFirst().orElse("");
    }

    private static boolean literal(String text) {
        return text.contains(":") || !text.isEmpty() && Character.isDigit(text.charAt(0)) && text.contains(".");
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    String address(boolean ofSix) {
        return ofSix ? six : four;
    }
}
