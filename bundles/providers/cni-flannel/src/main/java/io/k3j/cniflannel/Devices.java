package io.k3j.cniflannel;

import io.k3j.flannelconf.Backend;
import io.k3j.flannelconf.BackendType;
import java.util.Set;

/// The devices of a backend: their names, which are flannel's, and the size of packets in them. Pure.
record Devices(Backend backend) {
    private static final Set<String> WIREGUARD = Set.of("flannel-wg", "flannel-wg-v6");
    private static final int VXLAN_OVERHEAD = 50;
    private static final int WIREGUARD_OVERHEAD = 80;
    /// The additional overhead of IPv6 over IPv4, bytes.
    private static final int IPV6_OVERHEAD = 20;

    /// Whether a link has the name of a device of any backend.
    static boolean ours(String link) {
        String number = link.startsWith("flannel.") || link.startsWith("flannel-v6.")
                ? link.substring(link.indexOf('.') + 1) : "";
        return WIREGUARD.contains(link) || !number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// The device of a family; empty when the backend needs none.
    String name(boolean ipv6) {
        return switch (backend.type()) {
            case VXLAN -> (ipv6 ? "flannel-v6." : "flannel.") + backend.vni();
            case WIREGUARD -> ipv6 ? "flannel-wg-v6" : "flannel-wg";
            case HOST_GW, TAILSCALE -> "";
        };
    }

    /// The MTU of pods for an MTU `link` of the underlying interface.
    int mtu(int link, boolean ipv6) {
        int outside = backend.mtu() == 0 ? link : backend.mtu();
        return switch (backend.type()) {
            case VXLAN -> outside - VXLAN_OVERHEAD - (ipv6 ? IPV6_OVERHEAD : 0);
            case WIREGUARD -> outside - WIREGUARD_OVERHEAD;
            case HOST_GW, TAILSCALE -> link;
        };
    }

    /// Whether other nodes are reached by routes over the underlying interface itself.
    boolean plain() {
        return backend.type() == BackendType.HOST_GW || backend.directRouting();
    }
}
