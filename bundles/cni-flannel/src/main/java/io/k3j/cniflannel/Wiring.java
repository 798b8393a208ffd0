package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The kernel's tables that lead to other nodes' pods in one family: routes by range, neighbours by address,
/// forwarding entries by MAC address. Pure.
record Wiring(Map<String, String> routes, Map<String, String> neighbours, Map<String, String> forwarding) {

    /// What the tables must say so that this node reaches the others.
    static Wiring wanted(Backend backend, boolean six, String link, List<Lease> others) {
        Wiring all = new Wiring(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (Lease other : others) {
            if (!other.type().equals(backend.type())) {
                continue;
            }
            other.in(six).ifPresent(r -> {
                switch (backend) {
                    case VXLAN -> all.tunnel(r, backend.device(six));
                    case HOST_GW -> all.routes.put(r.range().toString(), "via " + r.address() + " dev " + link);
                    case WIREGUARD -> all.routes.put(r.range().toString(), "dev " + backend.device(six));
                }
            });
        }
        return all;
    }

    private void tunnel(Reach reach, String device) {
        String end = reach.range().address();
        routes.put(reach.range().toString(), "via " + end + " dev " + device + " onlink");
        neighbours.put(end, "lladdr " + reach.token() + " dev " + device);
        forwarding.put(reach.token(), "dst " + reach.address());
    }

    /// What the tables say, from the listings of `ip -json` and `bridge -json`; of the routes only those over
    /// `device` into the pod network that other nodes stand behind.
    static Wiring present(String device, Range cluster, byte[] routes, byte[] neighbours, byte[] forwarding) {
        Wiring all = new Wiring(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (Struct route : list(routes)) {
            String to = route.text("dst");
            boolean ours = route.text("dev").equals(device) && !route.text("protocol").equals("kernel");
            if (ours && to.contains("/") && cluster.contains(Range.parse(to))) {
                String via = route.has("gateway") ? "via " + canonical(route.text("gateway")) + " " : "";
                String onlink = route.seq("flags").contains("onlink") ? " onlink" : "";
                all.routes.put(Range.parse(to).toString(), via + "dev " + device + onlink);
            }
        }
        for (Struct n : list(neighbours)) {
            if (n.seq("state").contains("PERMANENT")) {
                all.neighbours.put(canonical(n.text("dst")), "lladdr " + n.text("lladdr") + " dev " + device);
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
        return InetAddress.ofLiteral(address).getHostAddress();
    }

    /// The lines for `ip -batch` that bring `present` here. What is wanted comes first, tunnels before the routes
    /// into them; then what is not wanted goes, so that nothing that stays is ever away.
    List<String> ipLines(Wiring present, String device) {
        List<String> lines = new ArrayList<>();
        changed(neighbours, present.neighbours)
                .forEach((to, rest) -> lines.add("neigh replace " + to + " " + rest + " nud permanent"));
        changed(routes, present.routes).forEach((to, rest) -> lines.add("route replace " + to + " " + rest));
        gone(routes, present.routes).forEach((to, rest) -> lines.add("route del " + to + " " + rest));
        gone(neighbours, present.neighbours).forEach((to, rest) -> lines.add("neigh del " + to + " dev " + device));
        return lines;
    }

    /// The lines for `bridge -batch`; they go before those of `ip`.
    List<String> bridgeLines(Wiring present, String device) {
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
