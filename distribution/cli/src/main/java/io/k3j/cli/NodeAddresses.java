package io.k3j.cli;

import io.k3j.componenthelpers.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Fills in the addresses of this node, and what follows from their family: the networks of the cluster, the address of
/// its DNS, and the one the API server is told by. As K3s does: an IPv6 only machine makes an IPv6 only cluster. What
/// was written is brought into the one form that objects have (RFC 5952).
final class NodeAddresses {
    private static final int DNS_ADDRESS = 10;
    private static final List<String> ADDRESSES = List.of("nodeIp", "nodeExternalIp", "clusterDns", "advertiseAddress");
    private static final Map<String, String> IPV6_NETWORKS = Map.of("clusterCidr", "fd00:42::/56", "serviceCidr",
            "fd00:43::/112");
    private final Map<String, Object> settings;
    private final Set<String> given;
    private final Host host;
    private final List<String> problems = new ArrayList<>();

    private NodeAddresses(Map<String, Object> settings, Set<String> given, Host host) {
        this.settings = settings;
        this.given = given;
        this.host = host;
    }

    /// @param given the settings somebody has written down, which no default replaces
    /// @return what is wrong
    static List<String> fill(Map<String, Object> settings, Set<String> given, Host host) {
        NodeAddresses all = new NodeAddresses(settings, given, host);
        ADDRESSES.forEach(all::shorten);
        all.nodeIp();
        all.networks();
        all.dns();
        all.advertised();
        return all.problems;
    }

    private void nodeIp() {
        if (settings.get("flannelIface") instanceof String link && !host.has(link)
                && !settings.containsKey(Vpn.SETTING)) {
            problems.add("unable to find interface " + link + " (--flannel-iface); see: ip link");
        } else if (!settings.containsKey("nodeIp")) {
            put("nodeIp", settings.get("flannelIface") instanceof String link ? ofLink(link) : host.addresses());
        }
    }

    private List<String> ofLink(String link) {
        try {
            return host.addressesOf(link);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    /// The first address is of the family the cluster begins with.
    private void networks() {
        boolean ipv6Only = list("nodeIp").stream().findFirst().filter(NodeAddresses::ipv6).isPresent();
        IPV6_NETWORKS.forEach((key, network) -> {
            if (ipv6Only && settings.containsKey(key) && !given.contains(key)) {
                settings.put(key, new String[] {network});
            }
            shortenNetworks(key);
        });
        List<String> cluster = list("clusterCidr");
        if (!cluster.isEmpty()) {
            List<String> own = new ArrayList<>(list("nodeIp"));
            own.sort((a, b) -> Boolean.compare(ipv6(a) != ipv6(cluster.getFirst()),
                    ipv6(b) != ipv6(cluster.getFirst())));
            put("nodeIp", own);
        }
    }

    /// The tenth address of each network of Services.
    private void dns() {
        List<String> all = new ArrayList<>();
        try {
            list("serviceCidr").forEach(c -> all.add(Cidr.parse(c).network().address(DNS_ADDRESS)));
        } catch (IllegalArgumentException told) {
            return;
        }
        if (!settings.containsKey("clusterDns")) {
            put("clusterDns", all);
        }
    }

    /// Of the family the Services begin with: the Service `kubernetes` has one family.
    private void advertised() {
        List<String> candidates = new ArrayList<>(list("nodeExternalIp"));
        candidates.addAll(list("nodeIp"));
        candidates.add("127.0.0.1");
        boolean ipv6 = list("serviceCidr").stream().findFirst().filter(NodeAddresses::ipv6).isPresent();
        settings.putIfAbsent("advertiseAddress", candidates.stream().filter(a -> ipv6(a) == ipv6).findFirst()
                .orElse(candidates.getFirst()));
    }

    private void shorten(String key) {
        switch (settings.get(key)) {
            case String[] list -> put(key, Arrays.stream(list).map(NodeAddresses::shortest).toList());
            case String one -> settings.put(key, shortest(one));
            case null, default -> {
            }
        }
    }

    private static String shortest(String address) {
        try {
            return Cidr.text(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException told) {
            return address;
        }
    }

    private void shortenNetworks(String key) {
        try {
            put(key, list(key).stream().map(c -> Cidr.parse(c).network().toString()).toList());
        } catch (IllegalArgumentException told) {
            return;
        }
    }

    private void put(String key, List<String> values) {
        if (!values.isEmpty()) {
            settings.put(key, values.toArray(String[]::new));
        }
    }

    private List<String> list(String key) {
        return settings.get(key) instanceof String[] list ? List.of(list) : List.of();
    }

    private static boolean ipv6(String address) {
        return address.contains(":");
    }
}
