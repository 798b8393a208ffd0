package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netfilter.NftTable;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Computes the configuration of a node's pod network from its CIDRs. Pure.
///
/// @param cluster the pod network, one network of a family
/// @param mtu the MTU of pods, bytes
/// @param masqueradeIpv6 whether IPv6 traffic that leaves the pod network is masqueraded
record NetworkPlan(List<Cidr> ranges, List<Cidr> cluster, int mtu, boolean masqueradeIpv6) {
    static final String BRIDGE = "cni0";

    /// The CNI configuration list; see the plugin's documentation
    /// (<https://www.cni.dev/plugins/current/main/bridge/>).
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

    /// The file `subnet.env`, which flannel's CNI plugin and scripts read.
    byte[] subnetEnv() {
        StringBuilder text = new StringBuilder();
        cluster.stream().filter(c -> !c.ipv6()).findFirst()
                .ifPresent(c -> text.append("FLANNEL_NETWORK=").append(c).append('\n'));
        ranges.stream().filter(r -> !r.ipv6()).findFirst()
                .ifPresent(r -> text.append("FLANNEL_SUBNET=").append(r.address(1)).append('/').append(r.bits())
                        .append('\n'));
        cluster.stream().filter(Cidr::ipv6).findFirst()
                .ifPresent(c -> text.append("FLANNEL_IPV6_NETWORK=").append(c).append('\n'));
        ranges.stream().filter(Cidr::ipv6).findFirst()
                .ifPresent(r -> text.append("FLANNEL_IPV6_SUBNET=").append(r.address(1)).append('/').append(r.bits())
                        .append('\n'));
        return text.append("FLANNEL_MTU=").append(mtu).append("\nFLANNEL_IPMASQ=true\n").toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /// The `ip` command lines that create the bridge with this node's addresses; idempotent.
    List<List<String>> links() {
        List<List<String>> lines = new ArrayList<>();
        for (Cidr r : ranges) {
            lines.add(Host.address(BRIDGE, InetAddress.ofLiteral(r.address(1)), r.bits()));
        }
        lines.add(List.of("ip", "link", "set", BRIDGE, "up"));
        return lines;
    }

    /// The nftables rules: masquerades traffic that leaves the pod network, and traffic of a node without an address
    /// in it into the pod network; source addresses of pods on other nodes and of this node's clients stay visible.
    /// Drops packets from outside to the loopback network, which `portmap` makes routable on the bridge.
    List<NftTable> tables() {
        List<NftTable> tables = new ArrayList<>();
        for (Cidr own : ranges) {
            cluster.stream().filter(c -> c.ipv6() == own.ipv6()).findFirst()
                    .ifPresent(c -> tables.add(table(own, c.toString())));
        }
        return tables;
    }

    private NftTable table(Cidr own, String pods) {
        boolean ipv6 = own.ipv6();
        String family = ipv6 ? "ip6" : "ip";
        NftTable table = new NftTable(family, ipv6 ? "flannel-ipv6" : "flannel-ipv4");
        String hook = "type nat hook postrouting priority srcnat; policy accept;";
        String from = family + " saddr ";
        String to = " " + family + " daddr ";
        if (ipv6 && !masqueradeIpv6) {
            table.base("postrtg", hook);
        } else {
            table.base("postrtg", hook, "meta mark and 0x4000 == 0x4000 return", from + own + to + pods + " return",
                    from + pods + to + own + " return", from + "!= " + pods + to + own + " return",
                    from + pods + to + "!= " + (ipv6 ? "ff00::/8" : "224.0.0.0/4") + " masquerade fully-random",
                    from + "!= " + pods + to + pods + " masquerade fully-random");
        }
        if (!ipv6) {
            table.base("loopback", "type filter hook prerouting priority raw; policy accept;",
                    "iifname != \"lo\" ip daddr 127.0.0.0/8 drop");
        }
        return table;
    }
}
