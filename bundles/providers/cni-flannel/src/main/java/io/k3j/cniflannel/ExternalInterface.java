package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The network interface that reaches other nodes.
///
/// @param link the name of the interface
/// @param mtu its MTU, bytes
/// @param ipv4 the node's IPv4 address there, empty without one
/// @param ipv6 the same for IPv6
/// @param networks what is reached over it without a gateway
record ExternalInterface(String link, int mtu, String ipv4, String ipv6, List<Cidr> networks) {
    private static final String LOOPBACK = "lo";
    private static final int ETHERNET_MTU = 1500;

    /// Selects the interface: `--flannel-iface` (a name or an address), else the one with the first `--node-ip`; on a
    /// machine without any address the loopback interface, so that a single node works offline.
    /// @throws IOException when there is none yet
    static ExternalInterface find(String given, List<String> nodeIps) throws IOException {
        String wanted = given.isEmpty() ? nodeIps.stream().findFirst().orElse(LOOPBACK) : given;
        NetworkInterface link = literal(wanted) ? NetworkInterface.getByInetAddress(InetAddress.ofLiteral(wanted))
                : NetworkInterface.getByName(wanted);
        if (link == null) {
            throw new IOException("no link " + wanted + " on this machine; set --node-ip or --flannel-iface");
        }
        List<String> there = link.inetAddresses().filter(a -> !a.isLinkLocalAddress()).map(Cidr::text).toList();
        List<String> addresses = new ArrayList<>(nodeIps);
        addresses.removeIf(a -> !given.isEmpty() && !there.contains(a));
        if (literal(given)) {
            addresses.addFirst(given);
        }
        addresses.addAll(there);
        return new ExternalInterface(link.getName(), link.isLoopback() ? ETHERNET_MTU : link.getMTU(),
                first(addresses, false), first(addresses, true), networks(link));
    }

    private static List<Cidr> networks(NetworkInterface link) {
        return link.getInterfaceAddresses().stream().filter(a -> !a.getAddress().isLinkLocalAddress())
                .map(a -> new Cidr(a.getAddress(), a.getNetworkPrefixLength()).network()).distinct()
                .sorted(Comparator.comparing(Cidr::toString)).toList();
    }

    private static String first(List<String> addresses, boolean ipv6) {
        return addresses.stream().filter(a -> a.contains(":") == ipv6).findFirst().orElse("");
    }

    private static boolean literal(String text) {
        return text.contains(":") || !text.isEmpty() && Character.isDigit(text.charAt(0)) && text.contains(".");
    }

    /// Whether a node is reached over this interface without a gateway.
    boolean reaches(String node) {
        InetAddress address = InetAddress.ofLiteral(node);
        return networks.stream().anyMatch(n -> n.contains(address));
    }

    String address(boolean ofIpv6) {
        return ofIpv6 ? ipv6 : ipv4;
    }
}
