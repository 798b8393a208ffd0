package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The cells of services, endpoints, ingresses and policies.
final class NetworkCells {
    private static final int SHOWN = 3;

    private NetworkCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("service.ip", (o, now) -> clusterIp(o.struct("spec")));
        cells.put("service.external", (o, now) -> external(o));
        cells.put("service.ports", (o, now) -> ports(o.struct("spec").seq("ports")));
        cells.put("service.selector", (o, now) -> Cells.labels(o.struct("spec").struct("selector")));
        cells.put("endpoints.endpoints", (o, now) -> endpoints(o.seq("subsets")));
        cells.put("ingress.class", (o, now) -> ingressClass(o));
        cells.put("ingress.hosts", (o, now) -> hosts(o.struct("spec").seq("rules")));
        cells.put("ingress.address", (o, now) -> balancer(o.struct("status").struct("loadBalancer")));
        cells.put("ingress.ports", (o, now) -> o.struct("spec").seq("tls").isEmpty() ? "80" : "80, 443");
        cells.put("ingressclass.parameters", (o, now) -> parameters(o.struct("spec").struct("parameters")));
        cells.put("netpol.selector", (o, now) -> WorkloadCells.selector(o.struct("spec").struct("podSelector")));
        cells.put("ipaddress.parent", (o, now) -> parent(o.struct("spec").struct("parentRef")));
        cells.put("servicecidr.cidrs", (o, now) -> String.join(",", o.struct("spec").seq("cidrs").texts()));
        cells.put("slice.ports", (o, now) -> slicePorts(o.seq("ports")));
        cells.put("slice.endpoints", (o, now) -> sliceEndpoints(o.seq("endpoints")));
    }

    private static String clusterIp(Struct spec) {
        Seq all = spec.seq("clusterIPs");
        return Cells.orNone(all.isEmpty() ? spec.text("clusterIP") : all.text(0));
    }

    private static String external(Struct service) {
        Struct spec = service.struct("spec");
        List<String> ips = spec.seq("externalIPs").texts();
        return switch (spec.text("type")) {
            case "LoadBalancer" -> {
                String balancer = balancer(service.struct("status").struct("loadBalancer"));
                List<String> all = new ArrayList<>(balancer.isEmpty() ? List.of() : List.of(balancer));
                all.addAll(ips);
                yield all.isEmpty() ? "<pending>" : String.join(",", all);
            }
            case "ExternalName" -> spec.text("externalName");
            default -> ips.isEmpty() ? Cells.NONE : String.join(",", ips);
        };
    }

    private static String balancer(Struct balancer) {
        Set<String> all = new LinkedHashSet<>();
        for (Struct i : balancer.seq("ingress").structs()) {
            String address = i.text("ip").isEmpty() ? i.text("hostname") : i.text("ip");
            if (!address.isEmpty()) {
                all.add(address);
            }
        }
        return String.join(",", all.stream().sorted().toList());
    }

    private static String ports(Seq ports) {
        List<String> all = new ArrayList<>();
        for (Struct p : ports.structs()) {
            String node = p.whole("nodePort", 0) > 0 ? ":" + p.whole("nodePort", 0) : "";
            all.add(p.whole("port", 0) + node + "/" + p.text("protocol"));
        }
        return all.isEmpty() ? Cells.NONE : String.join(",", all);
    }

    private static String endpoints(Seq subsets) {
        List<String> all = new ArrayList<>();
        for (Struct subset : subsets.structs()) {
            Seq ports = subset.seq("ports");
            for (Struct address : subset.seq("addresses").structs()) {
                if (ports.isEmpty()) {
                    all.add(joined(address.text("ip"), ""));
                }
                for (Struct port : ports.structs()) {
                    all.add(joined(address.text("ip"), Long.toString(port.whole("port", 0))));
                }
            }
        }
        return shown(all, " + ");
    }

    private static String joined(String ip, String port) {
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + (port.isEmpty() ? "" : ":" + port);
    }

    private static String shown(List<String> all, String more) {
        if (all.isEmpty()) {
            return Cells.NONE;
        }
        String first = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? first + more + (all.size() - SHOWN) + " more..." : first;
    }

    private static String slicePorts(Seq ports) {
        List<String> all = new ArrayList<>();
        for (Struct p : ports.structs()) {
            all.add(p.has("port") && p.whole("port", 0) > 0 ? Long.toString(p.whole("port", 0))
                    : p.text("name").isEmpty() ? "*" : p.text("name"));
        }
        return all.isEmpty() ? "<unset>" : shown(all, " + ");
    }

    private static String sliceEndpoints(Seq endpoints) {
        List<String> all = new ArrayList<>();
        endpoints.structs().forEach(e -> all.addAll(e.seq("addresses").texts()));
        return all.isEmpty() ? "<unset>" : shown(all, " + ");
    }

    private static String ingressClass(Struct ingress) {
        String old = ingress.struct("metadata").struct("annotations").text("kubernetes.io/ingress.class");
        return Cells.orNone(ingress.struct("spec").text("ingressClassName", old));
    }

    private static String hosts(Seq rules) {
        List<String> all = rules.structs().stream().map(r -> r.text("host")).filter(h -> !h.isEmpty()).toList();
        return all.isEmpty() ? "*" : shown(all, " + ");
    }

    private static String parameters(Struct ref) {
        if (ref.isEmpty()) {
            return Cells.NONE;
        }
        String group = ref.text("apiGroup").isEmpty() ? "" : "." + ref.text("apiGroup");
        return ref.text("kind") + group + "/" + ref.text("name");
    }

    private static String parent(Struct ref) {
        String group = ref.text("group").isEmpty() ? "" : "." + ref.text("group");
        return ref.text("resource") + group + "/" + ref.text("namespace") + "/" + ref.text("name");
    }
}
