package io.k3j.kubeproxy;

import io.k3j.netfilter.NftTable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The part of a family's table that no Service changes. Pure.
///
/// ```
/// prerouting, output ─► services ─► @service-ips, @service-hostports, @service-nodeports
///                         ─► spread-…, external-… ─► dnat
/// prerouting, output before that ─► @firewall-ips, @firewall-hostports ─► firewall-… (loadBalancerSourceRanges)
/// input, forward, output after that ─► @no-endpoint-… ─► reject, drop; cluster addresses without a match ─► reject
/// postrouting ─► masquerading
/// ```
///
/// A chain `spread-…-N` serves all ports with N endpoints: it draws a number below N and looks the endpoint up by
/// number, address and port. So a Service costs elements of maps, which the kernel changes one by one, and no chain.
///
/// Packets are masqueraded where they hairpin, where they come to a cluster address from outside of the pod network,
/// and where they came to any other address and go on to another node. An endpoint on this node sees its client.
final class TableFrame {
    static final String IPS = "service-ips";
    static final String NODE_PORTS = "service-nodeports";
    static final String EMPTY_IPS = "no-endpoint-services";
    static final String EMPTY_NODE_PORTS = "no-endpoint-nodeports";
    static final String HOST_PORTS = "service-hostports";
    static final String EMPTY_HOST_PORTS = "no-endpoint-hostports";
    static final String FIREWALL = "firewall-ips";
    static final String FIREWALL_HOST_PORTS = "firewall-hostports";
    static final String CLUSTER_IPS = "cluster-ips";
    static final String LOCAL = "local-endpoints";
    static final String HAIRPIN = "hairpin";
    static final String MASQUERADE = "jump mark-for-masquerade";
    static final String REJECT = "goto reject-chain";
    private static final String NODE_PORT_IPS = "nodeport-ips";
    private static final String NEW = "ct state new ";

    /// What a spread looks an endpoint up by.
    enum Where {
        /// An address and port.
        IP("ip", IPS, EMPTY_IPS),
        /// A node port.
        PORT("port", NODE_PORTS, EMPTY_NODE_PORTS),
        /// A port of a load balancer, at each address of the node.
        HOST("host", HOST_PORTS, EMPTY_HOST_PORTS);

        private final String word;
        private final String map;
        private final String empty;

        Where(String word, String map, String empty) {
            this.word = word;
            this.map = map;
            this.empty = empty;
        }

        /// The map of its verdicts.
        String map() {
            return map;
        }

        /// The map of those without an endpoint.
        String empty() {
            return empty;
        }

        String word() {
            return word;
        }
    }

    final Family family;
    private final ProxyOptions options;

    TableFrame(Family family, ProxyOptions options) {
        this.family = family;
        this.options = options;
    }

    /// The expression that a packet is looked up by.
    String key(Where where) {
        return where == Where.IP ? family.word() + " daddr . meta l4proto . th dport" : "meta l4proto . th dport";
    }

    /// The map of endpoints, by number and key.
    static String endpoints(Where where, boolean local) {
        return (local ? "local-" : "") + "endpoints-by-" + where.word();
    }

    /// All maps and sets, with what is in them.
    void define(NftTable table, Map<String, Map<String, String>> elements) {
        String ip = "type " + family.type() + " . inet_proto . inet_service : verdict;";
        String port = "type inet_proto . inet_service : verdict;";
        for (String map : List.of(IPS, EMPTY_IPS, FIREWALL)) {
            table.map(map, ip, elements.getOrDefault(map, Map.of()));
        }
        for (String map : List.of(NODE_PORTS, EMPTY_NODE_PORTS, HOST_PORTS, EMPTY_HOST_PORTS, FIREWALL_HOST_PORTS)) {
            table.map(map, port, elements.getOrDefault(map, Map.of()));
        }
        for (Where where : Where.values()) {
            for (boolean local : new boolean[] {false, true}) {
                String map = endpoints(where, local);
                table.map(map, "typeof numgen random mod 2 . " + key(where) + " : " + family.word()
                        + " daddr . th dport;", elements.getOrDefault(map, Map.of()));
            }
        }
        String address = "type " + family.type() + ";";
        table.set(CLUSTER_IPS, address, elements.getOrDefault(CLUSTER_IPS, Map.of()).keySet());
        table.set(LOCAL, address, elements.getOrDefault(LOCAL, Map.of()).keySet());
        table.set(HAIRPIN, "type " + family.type() + " . " + family.type() + ";",
                elements.getOrDefault(HAIRPIN, Map.of()).keySet());
    }

    /// All chains that are always there.
    void chains(NftTable table) {
        hooks(table);
        table.chain("mark-for-masquerade", "meta mark set meta mark or " + options.mark());
        table.chain("reject-chain", "reject");
        String nodePort = nodePorts(table);
        String hostPort = local() + key(Where.HOST) + " vmap @";
        table.chain("services", arrivals(), key(Where.IP) + " vmap @" + IPS, hostPort + HOST_PORTS,
                nodePort + key(Where.PORT) + " vmap @" + NODE_PORTS);
        table.chain("endpoints-check", key(Where.IP) + " vmap @" + EMPTY_IPS,
                nodePort + key(Where.PORT) + " vmap @" + EMPTY_NODE_PORTS,
                // what has been sent on to a process of this node, as the one of DNS, is no packet to the port
                "ct status dnat return", hostPort + EMPTY_HOST_PORTS);
        table.chain("firewall-check", key(Where.IP) + " vmap @" + FIREWALL, hostPort + FIREWALL_HOST_PORTS);
        table.chain("cluster-ips-check", family.word() + " daddr @" + CLUSTER_IPS + " reject");
        table.chain("masquerading",
                "ct status dnat " + family.word() + " saddr . " + family.word() + " daddr @" + HAIRPIN
                        + " masquerade fully-random",
                "meta mark and " + options.mark() + " == 0 return",
                "meta mark set meta mark xor " + options.mark(),
                "ct original " + family.word() + " daddr != @" + CLUSTER_IPS + " " + family.word() + " daddr @" + LOCAL
                        + " return",
                "masquerade fully-random");
    }

    private void hooks(NftTable table) {
        String filter = "type filter hook ";
        for (String hook : List.of("prerouting", "output")) {
            table.base("filter-" + hook + "-pre-dnat", filter + hook + " priority -110; policy accept;",
                    NEW + "jump firewall-check");
        }
        table.base("nat-prerouting", "type nat hook prerouting priority -100; policy accept;", "jump services");
        table.base("nat-output", "type nat hook output priority -100; policy accept;", "jump services");
        table.base("nat-postrouting", "type nat hook postrouting priority 100; policy accept;", "jump masquerading");
        table.base("filter-input", filter + "input priority 0; policy accept;", NEW + "jump endpoints-check");
        List<String> checks = List.of(NEW + "jump endpoints-check", NEW + "jump cluster-ips-check");
        base(table, "output", checks);
        // the kernel translates nothing of them: a late answer would leave with the address of a pod, and be reset
        base(table, "forward", options.liberal() ? checks
                : Stream.concat(Stream.of("ct state invalid drop"), checks.stream()).toList());
    }

    private static void base(NftTable table, String hook, List<String> rules) {
        table.base("filter-" + hook, "type filter hook " + hook + " priority 0; policy accept;",
                rules.toArray(String[]::new));
    }

    /// Marks what comes to a cluster address from elsewhere: its answers have to come back through this node.
    private String arrivals() {
        List<String> pods = options.podNetworks().stream().flatMap(n -> family.network(n).stream()).toList();
        String foreign = pods.isEmpty() || options.masqueradeAll() ? ""
                : " " + family.word() + " saddr != { " + String.join(", ", pods) + " }";
        return family.word() + " daddr @" + CLUSTER_IPS + foreign + " " + MASQUERADE;
    }

    /// The condition for packets to this node. Those to the loopback address are left alone: the kernel does not
    /// route them to an endpoint.
    private String local() {
        return "fib daddr type local " + family.word() + " daddr != " + family.loopback() + " ";
    }

    /// The condition for packets to a node port.
    private String nodePorts(NftTable table) {
        if (options.nodePortAddresses().isEmpty()) {
            return local();
        }
        table.set(NODE_PORT_IPS, "type " + family.type() + "; flags interval; auto-merge;",
                options.nodePortAddresses().stream()
                        .flatMap(n -> family.network(n).stream()).distinct().toList());
        return "fib daddr type local " + family.word() + " daddr @" + NODE_PORT_IPS + " ";
    }

    /// The rules of a spread.
    List<String> spread(Where where, boolean local, int endpoints) {
        return List.of("dnat " + family.word() + " to numgen random mod " + endpoints + " . " + key(where) + " map @"
                + endpoints(where, local));
    }
}
