package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.Backend;
import io.k3j.flannelconf.BackendType;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The kernel's tables that lead to other nodes' pods in one family: routes by CIDR, neighbours by address,
/// forwarding entries by MAC address. Pure.
record RouteTables(Map<String, String> routes, Map<String, String> neighbours, Map<String, String> forwarding) {

    /// The tables that this node needs to reach the others.
    static RouteTables wanted(Backend backend, boolean ipv6, ExternalInterface outside, List<Lease> others) {
        RouteTables all = new RouteTables(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        String device = new Devices(backend).name(ipv6);
        others.stream().filter(o -> o.type().equals(backend.type().type())).flatMap(o -> o.in(ipv6).stream())
                .forEach(r -> {
                    boolean direct = backend.directRouting() && outside.reaches(r.address());
                    switch (direct ? BackendType.HOST_GW : backend.type()) {
                        case VXLAN -> all.tunnel(r, device);
                        case HOST_GW -> all.routes.put(r.range().toString(),
                                "via " + r.address() + " dev " + outside.link());
                        case WIREGUARD -> all.routes.put(r.range().toString(), "dev " + device);
                        case TAILSCALE -> {
                            // tailscaled has routes of its own
                        }
                    }
                });
        return all;
    }

    private void tunnel(PeerAddress reach, String device) {
        String end = Cidr.text(reach.range().base());
        routes.put(reach.range().toString(), "via " + end + " dev " + device + " onlink");
        neighbours.put(end, "lladdr " + reach.token() + " dev " + device);
        forwarding.put(reach.token(), "dst " + reach.address());
    }

    /// Parses the present tables from `ip -json` and `bridge -json`; of the routes only those over `devices` into
    /// the pod network.
    /// @param devices the tunnel first, when there is one
    static RouteTables present(List<String> devices, Cidr cluster, byte[] routes, byte[] neighbours,
            byte[] forwarding) {
        RouteTables all = new RouteTables(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (Struct route : list(routes)) {
            String to = route.text("dst");
            boolean ours = devices.contains(route.text("dev")) && !route.text("protocol").equals("kernel");
            if (ours && to.contains("/") && cluster.contains(Cidr.parse(to))) {
                String via = route.has("gateway") ? "via " + canonical(route.text("gateway")) + " " : "";
                String onlink = route.seq("flags").contains("onlink") ? " onlink" : "";
                all.routes.put(Cidr.parse(to).toString(), via + "dev " + route.text("dev") + onlink);
            }
        }
        for (Struct n : list(neighbours)) {
            if (n.seq("state").contains("PERMANENT")) {
                all.neighbours.put(canonical(n.text("dst")),
                        "lladdr " + n.text("lladdr") + " dev " + devices.getFirst());
            }
        }
        for (Struct f : list(forwarding)) {
            if (f.has("dst")) {
                all.forwarding.put(f.text("mac"), "dst " + canonical(f.text("dst")));
            }
        }
        return all;
    }

    private static List<Struct> list(byte[] json) {
        boolean nothing = new String(json, StandardCharsets.UTF_8).isBlank();
        return !nothing && Json.value(json) instanceof Seq seq ? seq.structs() : List.of();
    }

    private static String canonical(String address) {
        return Cidr.text(InetAddress.ofLiteral(address));
    }

    /// The lines for `ip -batch` from `present` to this state. Additions come first, neighbours before the routes
    /// over them; then removals, so that no entry that stays is ever missing.
    List<String> ipLines(RouteTables present, String device) {
        List<String> lines = new ArrayList<>();
        changed(neighbours, present.neighbours)
                .forEach((to, rest) -> lines.add("neigh replace " + to + " " + rest + " nud permanent"));
        changed(routes, present.routes).forEach((to, rest) -> lines.add("route replace " + to + " " + rest));
        gone(routes, present.routes).forEach((to, rest) -> lines.add("route del " + to + " " + rest));
        gone(neighbours, present.neighbours).forEach((to, rest) -> lines.add("neigh del " + to + " dev " + device));
        return lines;
    }

    /// The lines for `bridge -batch`; they run before those of `ip`.
    List<String> bridgeLines(RouteTables present, String device) {
        List<String> lines = new ArrayList<>();
        changed(forwarding, present.forwarding).forEach(
                (mac, rest) -> lines.add("fdb replace " + mac + " dev " + device + " " + rest + " self permanent"));
        gone(forwarding, present.forwarding)
                .forEach((mac, rest) -> lines.add("fdb del " + mac + " dev " + device + " " + rest + " self"));
        return lines;
    }

    private static Map<String, String> changed(Map<String, String> wanted, Map<String, String> present) {
        Map<String, String> some = new TreeMap<>(wanted);
        some.entrySet().removeIf(e -> e.getValue().equals(present.get(e.getKey())));
        return some;
    }

    private static Map<String, String> gone(Map<String, String> wanted, Map<String, String> present) {
        Map<String, String> some = new TreeMap<>(present);
        some.keySet().removeAll(wanted.keySet());
        return some;
    }
}
