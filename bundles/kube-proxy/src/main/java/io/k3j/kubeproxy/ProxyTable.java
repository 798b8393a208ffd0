package io.k3j.kubeproxy;

import io.k3j.netfilter.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/// The rules for a set of service ports in one family. Pure.
///
/// ```
/// prerouting, output ─► services ─► @service-ips      ─► service-…  ─► endpoint-… (dnat)
///                                   @service-nodeports ─► external-… ─► service-… or, Local, endpoint-…
/// forward, input, output ─► @no-endpoint-… ─► reject-chain; cluster addresses that led nowhere ─► reject
/// postrouting ─► masquerading
/// ```
final class ProxyTable {
    static final String NAME = "kube-proxy";
    private static final String MASQUERADE = "jump mark-for-masquerade";
    private final Family family;
    private final List<String> podNetworks;
    private final Table table;
    private final Map<String, String> ips = new LinkedHashMap<>();
    private final Map<String, String> nodePorts = new LinkedHashMap<>();
    private final Map<String, String> emptyIps = new LinkedHashMap<>();
    private final Map<String, String> emptyNodePorts = new LinkedHashMap<>();
    private final Set<String> clusterIps = new LinkedHashSet<>();

    private ProxyTable(Family family, List<String> podNetworks) {
        this.family = family;
        this.podNetworks = podNetworks.stream().flatMap(n -> family.network(n).stream()).toList();
        this.table = new Table(family.word(), NAME);
    }

    static Table of(Family family, List<String> podNetworks, List<ServicePort> ports) {
        ProxyTable t = new ProxyTable(family, podNetworks);
        t.frame();
        ports.forEach(t::port);
        t.maps();
        return t.table;
    }

    private void frame() {
        String key = family.word() + " daddr . meta l4proto . th dport";
        String local = "fib daddr type local meta l4proto . th dport";
        table.chain("mark-for-masquerade", "meta mark set meta mark or 0x4000");
        table.chain("reject-chain", "reject");
        table.chain("masquerading", "meta mark and 0x4000 == 0 return", "meta mark set meta mark xor 0x4000",
                "masquerade fully-random");
        table.base("nat-prerouting", "type nat hook prerouting priority dstnat; policy accept;", "jump services");
        table.base("nat-output", "type nat hook output priority -100; policy accept;", "jump services");
        table.base("nat-postrouting", "type nat hook postrouting priority srcnat; policy accept;", "jump masquerading");
        for (String hook : List.of("input", "forward", "output")) {
            table.base("filter-" + hook, "type filter hook " + hook + " priority -110; policy accept;",
                    "ct state new jump service-endpoints-check");
        }
        for (String hook : List.of("forward", "output")) {
            table.base("filter-" + hook + "-post-dnat", "type filter hook " + hook + " priority -90; policy accept;",
                    "ct state new " + family.word() + " daddr @cluster-ips reject");
        }
        table.chain("services", key + " vmap @service-ips", local + " vmap @service-nodeports");
        table.chain("service-endpoints-check", key + " vmap @no-endpoint-services",
                local + " vmap @no-endpoint-nodeports");
    }

    private void maps() {
        String ip = "type " + family.type() + " . inet_proto . inet_service : verdict;";
        String port = "type inet_proto . inet_service : verdict;";
        table.map("service-ips", ip, ips);
        table.map("service-nodeports", port, nodePorts);
        table.map("no-endpoint-services", ip, emptyIps);
        table.map("no-endpoint-nodeports", port, emptyNodePorts);
        table.set("cluster-ips", "type " + family.type() + ";", clusterIps);
    }

    private void port(ServicePort p) {
        clusterIps.addAll(p.clusterIps());
        String service = chain("service", p.id());
        boolean cluster = !p.all().isEmpty() && p.reachableFromOutside() && !p.externalLocal();
        if (!p.internal().isEmpty()) {
            backends(p, service, p.internal(), p.clusterIps());
            p.clusterIps().forEach(a -> ips.put(key(a, p), "goto " + service));
        } else {
            p.clusterIps().forEach(a -> emptyIps.put(key(a, p), p.all().isEmpty() ? "goto reject-chain" : "drop"));
        }
        if (!p.reachableFromOutside()) {
            return;
        }
        String outside = service;
        if (cluster && p.internalLocal()) {
            outside = chain("cluster", p.id());
            backends(p, outside, p.all(), List.of());
        }
        external(p, outside);
    }

    private void external(ServicePort p, String cluster) {
        if (p.external().isEmpty()) {
            String verdict = p.all().isEmpty() ? "goto reject-chain" : "drop";
            p.addresses().forEach(a -> emptyIps.put(key(a, p), verdict));
            if (p.nodePort() > 0) {
                emptyNodePorts.put(p.protocol() + " . " + p.nodePort(), verdict);
            }
            return;
        }
        String external = chain("external", p.id());
        List<String> rules = new ArrayList<>();
        if (p.externalLocal()) {
            podNetworks.forEach(n -> rules.add(family.word() + " saddr " + n + " goto " + cluster));
            rules.add("fib saddr type local " + MASQUERADE);
            rules.add("fib saddr type local goto " + cluster);
            rules.addAll(spread(p, p.local()));
        } else {
            rules.add(MASQUERADE);
            rules.add("goto " + cluster);
        }
        table.chain(external, rules);
        String guarded = guarded(p, external);
        p.addresses().forEach(a -> ips.put(key(a, p), "goto " + guarded));
        if (p.nodePort() > 0) {
            nodePorts.put(p.protocol() + " . " + p.nodePort(), "goto " + external);
        }
    }

    /// Load balancer addresses may be open to some networks only.
    private String guarded(ServicePort p, String external) {
        if (p.sources().isEmpty()) {
            return external;
        }
        String firewall = chain("firewall", p.id());
        List<String> rules = new ArrayList<>();
        p.sources().forEach(s -> rules.add(family.word() + " saddr " + s + " goto " + external));
        rules.add("drop");
        table.chain(firewall, rules);
        return firewall;
    }

    private void backends(ServicePort p, String service, List<Backend> backends, List<String> clusterIps) {
        List<String> rules = new ArrayList<>();
        for (String ip : clusterIps) {
            String from = podNetworks.isEmpty() ? ""
                    : family.word() + " saddr != { " + String.join(", ", podNetworks) + " } ";
            rules.add(family.word() + " daddr " + ip + " " + p.protocol() + " dport " + p.port() + " " + from
                    + MASQUERADE);
        }
        p.some().forEach(b -> endpoint(p, b));
        rules.addAll(spread(p, backends));
        table.chain(service, rules);
    }

    private List<String> spread(ServicePort p, List<Backend> backends) {
        List<String> rules = new ArrayList<>();
        if (p.affinitySeconds() > 0) {
            backends.forEach(
                    b -> rules.add(family.word() + " saddr @" + affinity(p, b) + " goto " + endpointChain(p, b)));
        }
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < backends.size(); i++) {
            verdicts.add(i + " : goto " + endpointChain(p, backends.get(i)));
        }
        rules.add("numgen random mod " + backends.size() + " vmap { " + String.join(", ", verdicts) + " }");
        return rules;
    }

    private void endpoint(ServicePort p, Backend b) {
        List<String> rules = new ArrayList<>();
        rules.add(family.word() + " saddr " + b.address() + " " + MASQUERADE);
        if (p.affinitySeconds() > 0) {
            table.dynamicSet(affinity(p, b),
                    "type " + family.type() + "; flags dynamic,timeout; timeout " + p.affinitySeconds() + "s;");
            rules.add("update @" + affinity(p, b) + " { " + family.word() + " saddr }");
        }
        rules.add("meta l4proto " + p.protocol() + " dnat to " + family.target(b.address(), b.port()));
        table.chain(endpointChain(p, b), rules);
    }

    private static String endpointChain(ServicePort p, Backend b) {
        return chain("endpoint", p.id() + "__" + b.address() + "/" + b.port());
    }

    /// The time is part of the name, because a set cannot change it.
    private static String affinity(ServicePort p, Backend b) {
        return chain("affinity", p.id() + "__" + b.address() + "/" + b.port() + "/" + p.affinitySeconds());
    }

    private static String key(String address, ServicePort p) {
        return address + " . " + p.protocol() + " . " + p.port();
    }

    /// A short name that cannot clash and a person can still place.
    private static String chain(String sort, String id) {
        CRC32 sum = new CRC32();
        sum.update(id.getBytes(StandardCharsets.UTF_8));
        String readable = id.chars()
                .map(c -> c == '/' || c == '-' || c == '_' || Character.isLetterOrDigit(c) ? c : '.')
                .mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining());
        String name = sort + "-" + String.format("%08x", sum.getValue()) + "-" + readable;
        return name.length() <= 120 ? name : name.substring(0, 120);
    }
}
