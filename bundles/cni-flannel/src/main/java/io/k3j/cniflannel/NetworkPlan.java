package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netfilter.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the pod network of a node should be, from its ranges. Pure.
///
/// @param mtu bytes of a packet of a pod
/// @param masqueradeSix whether IPv6 traffic that leaves the pod network is masqueraded
record NetworkPlan(List<Range> ranges, List<Range> cluster, Backend backend, int mtu, boolean masqueradeSix) {
    static final String BRIDGE = "cni0";

    /// The CNI configuration list, by the plugins' documentation (<https://www.cni.dev/plugins/current/main/bridge/>).
    byte[] conflist() {
        Seq pools = Seq.copyOf(ranges.stream().map(r -> Seq.of(Struct.of("subnet", r.toString()))).toList());
        Struct.Builder bridge = Struct.builder().put("type", "bridge").put("bridge", BRIDGE).put("isGateway", true)
                .put("isDefaultGateway", true).put("forceAddress", true).put("hairpinMode", true).put("ipMasq", false);
        bridge.put("mtu", mtu);
        bridge.put("ipam", Struct.of("type", "host-local", "ranges", pools));
        Seq plugins = Seq.of(bridge.build(),
                Struct.of("type", "portmap", "snat", true, "capabilities", Struct.of("portMappings", true)),
                Struct.of("type", "bandwidth", "capabilities", Struct.of("bandwidth", true)));
        return Json.pretty(Struct.of("name", "cbr0", "cniVersion", "1.0.0", "plugins", plugins));
    }

    /// The lease file that flannel's CNI plugin and people's scripts read.
    byte[] subnetEnv() {
        StringBuilder text = new StringBuilder();
        cluster.stream().filter(c -> !c.six()).findFirst()
                .ifPresent(c -> text.append("FLANNEL_NETWORK=").append(c).append('\n'));
        ranges.stream().filter(r -> !r.six()).findFirst()
                .ifPresent(r -> text.append("FLANNEL_SUBNET=").append(r.gateway()).append('/').append(r.bits())
                        .append('\n'));
        cluster.stream().filter(Range::six).findFirst()
                .ifPresent(c -> text.append("FLANNEL_IPV6_NETWORK=").append(c).append('\n'));
        ranges.stream().filter(Range::six).findFirst()
                .ifPresent(r -> text.append("FLANNEL_IPV6_SUBNET=").append(r.gateway()).append('/').append(r.bits())
                        .append('\n'));
        return text.append("FLANNEL_MTU=").append(mtu).append("\nFLANNEL_IPMASQ=true\n").toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /// `net-conf.json`, which tools of flannel read.
    byte[] netConf() {
        Struct.Builder text = Struct.builder();
        boolean four = cluster.stream().anyMatch(c -> !c.six());
        boolean six = cluster.stream().anyMatch(Range::six);
        text.put("Network", cluster.stream().filter(c -> !c.six()).findFirst().map(Range::toString).orElse("0.0.0.0/0"))
                .put("EnableIPv6", six).put("EnableIPv4", four)
                .put("IPv6Network", cluster.stream().filter(Range::six).findFirst().map(Range::toString).orElse("::/0"))
                .put("Backend", Struct.of("Type", backend.type()));
        return Json.pretty(text.build());
    }

    /// The `ip` command lines that make the bridge and give it this node's addresses; each may be repeated.
    List<List<String>> links() {
        List<List<String>> lines = new ArrayList<>();
        for (Range r : ranges) {
            List<String> line = new ArrayList<>(List.of("ip"));
            line.addAll(r.six() ? List.of("-6") : List.of());
            line.addAll(List.of("address", "replace", r.gateway() + "/" + r.bits(), "dev", BRIDGE));
            lines.add(line);
        }
        lines.add(List.of("ip", "link", "set", BRIDGE, "up"));
        return lines;
    }

    /// Masquerading of what leaves the pod network, and of what a node with no address in it sends into it; pods of
    /// other nodes and clients of this node's pods stay visible. Packets from outside to the loopback network, which
    /// node ports on localhost make routable, are dropped.
    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        for (Range own : ranges) {
            cluster.stream().filter(c -> c.six() == own.six()).findFirst()
                    .ifPresent(c -> tables.add(table(own, c.toString())));
        }
        return tables;
    }

    private Table table(Range own, String pods) {
        boolean six = own.six();
        String family = six ? "ip6" : "ip";
        Table table = new Table(family, six ? "flannel-ipv6" : "flannel-ipv4");
        String hook = "type nat hook postrouting priority srcnat; policy accept;";
        String from = family + " saddr ";
        String to = " " + family + " daddr ";
        if (six && !masqueradeSix) {
            table.base("postrtg", hook);
        } else {
            table.base("postrtg", hook, "meta mark and 0x4000 == 0x4000 return", from + own + to + pods + " return",
                    from + pods + to + own + " return", from + "!= " + pods + to + own + " return",
                    from + pods + to + "!= " + (six ? "ff00::/8" : "224.0.0.0/4") + " masquerade fully-random",
                    from + "!= " + pods + to + pods + " masquerade fully-random");
        }
        if (!six) {
            table.base("loopback", "type filter hook prerouting priority raw; policy accept;",
                    "iifname != \"lo\" ip daddr 127.0.0.0/8 drop");
        }
        return table;
    }
}
