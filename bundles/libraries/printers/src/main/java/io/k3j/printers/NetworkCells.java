package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The cells of services, endpoints, ingresses, network policies and addresses.
///
/// | function | column | cell |
/// |---|---|---|
/// | `service.ip`, `.external`, `.ports`, `.selector` | Cluster-IP, External-IP, Port(s), Selector | of a service |
/// | `endpoints.endpoints` | Endpoints | `ip:port` of each ready address, the first three spelled out |
/// | `slice.ports`, `slice.endpoints` | Ports, Endpoints | of an endpoint slice, the first three spelled out |
/// | `ingress.class`, `.hosts`, `.address`, `.ports` | Class, Hosts, Address, Ports | of an ingress |
/// | `ingressclass.name` | Name | marked when it is the default class |
/// | `ingressclass.parameters` | Parameters | `kind.group/name` |
/// | `netpol.selector` | Pod-Selector | `<none>` for a policy of all pods |
/// | `ipaddress.parent` | ParentRef | `resource.group/namespace/name` of who holds the address |
/// | `servicecidr.cidrs` | CIDRs | joined by commas |
final class NetworkCells {
    /// As many endpoints, ports or hosts are spelled out: a service may have thousands, and a row is one line.
    private static final int SHOWN = 3;

    private NetworkCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("service.ip", (o, now) -> clusterIp(o.struct("spec")));
        cells.put("service.external", (o, now) -> external(o));
        cells.put("service.ports", (o, now) -> ports(o.struct("spec").seq("ports")));
        cells.put("service.selector", (o, now) -> Cells.labels(o.struct("spec").struct("selector")));
        cells.put("endpoints.endpoints", (o, now) -> endpoints(o.seq("subsets")));
        cells.put("ingress.class", (o, now) -> Cells.orNone(o.struct("spec").text("ingressClassName")));
        cells.put("ingress.hosts", (o, now) -> hosts(o.struct("spec").seq("rules")));
        cells.put("ingress.address", (o, now) -> balancer(o.struct("status").struct("loadBalancer")));
        cells.put("ingress.ports", (o, now) -> o.struct("spec").seq("tls").isEmpty() ? "80" : "80, 443");
        cells.put("ingressclass.name",
                (o, now) -> Cells.className(o, "ingressclass.kubernetes.io/is-default-class"));
        cells.put("ingressclass.parameters", (o, now) -> parameters(o.struct("spec").struct("parameters")));
        cells.put("netpol.selector", (o, now) -> WorkloadCells.selector(o.struct("spec").struct("podSelector")));
        cells.put("ipaddress.parent", (o, now) -> parent(o.struct("spec").struct("parentRef")));
        cells.put("servicecidr.cidrs", (o, now) -> String.join(",", o.struct("spec").seq("cidrs").texts()));
        cells.put("slice.ports", (o, now) -> slicePorts(o.seq("ports")));
        cells.put("slice.endpoints", (o, now) -> sliceEndpoints(o.seq("endpoints")));
    }

    /// `None` for a headless service, as it is stored; `<none>` before an address is allocated and for `ExternalName`.
    private static String clusterIp(Struct spec) {
        Seq all = spec.seq("clusterIPs");
        return Cells.orNone(all.isEmpty() ? spec.text("clusterIP") : all.text(0));
    }

    /// What reaches a service from outside, by its type. A load balancer without an address is `<pending>`, so that the
    /// reader knows something is still to come; addresses the user listed in `externalIPs` come behind the balancer's.
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

    /// An entry has an address or a name, and the address wins. Sorted and without doubles, as upstream's set gives
    /// them: the order in which balancers report is not stable.
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

    /// `port:nodePort/protocol`. The port in the pod is left out: it is not what a caller of the service types.
    private static String ports(Seq ports) {
        List<String> all = new ArrayList<>();
        for (Struct p : ports.structs()) {
            String node = p.whole("nodePort", 0) > 0 ? ":" + p.whole("nodePort", 0) : "";
            all.add(p.whole("port", 0) + node + "/" + p.text("protocol"));
        }
        return all.isEmpty() ? Cells.NONE : String.join(",", all);
    }

    /// Port by port, every ready address of its subset: upstream's order. Addresses that are not ready are in a list of
    /// their own, which is not read here: subsets without others show nothing, and `<none>` means no subset. A subset
    /// without ports is a headless service that declares none.
    private static String endpoints(Seq subsets) {
        List<String> all = new ArrayList<>();
        for (Struct subset : subsets.structs()) {
            Seq ports = subset.seq("ports");
            List<String> ips = subset.seq("addresses").structs().stream().map(a -> a.text("ip")).toList();
            if (ports.isEmpty()) {
                all.addAll(ips);
            }
            for (Struct port : ports.structs()) {
                ips.forEach(ip -> all.add(joined(ip, port.whole("port", 0))));
            }
        }
        return all.isEmpty() && !subsets.isEmpty() ? "" : shown(all, " + ");
    }

    /// An IPv6 address stands in brackets before its port.
    private static String joined(String ip, long port) {
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }

    /// At most [#SHOWN] of them, then how many more there are; `<none>` for none.
    private static String shown(List<String> all, String more) {
        if (all.isEmpty()) {
            return Cells.NONE;
        }
        String first = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? first + more + (all.size() - SHOWN) + " more..." : first;
    }

    /// A port without a number means all ports (`*`), unless it has a name to show. A slice without ports says
    /// `<unset>`, which is upstream's word for slices, where everything else says `<none>`; so does one whose only port
    /// has an empty name and no number.
    private static String slicePorts(Seq ports) {
        List<String> all = new ArrayList<>();
        for (Struct p : ports.structs()) {
            all.add(p.has("port") ? Long.toString(p.whole("port", 0)) : p.has("name") ? p.text("name") : "*");
        }
        String shown = all.isEmpty() ? "" : shown(all, " + ");
        return shown.isEmpty() ? "<unset>" : shown;
    }

    private static String sliceEndpoints(Seq endpoints) {
        List<String> all = new ArrayList<>();
        endpoints.structs().forEach(e -> all.addAll(e.seq("addresses").texts()));
        return all.isEmpty() ? "<unset>" : shown(all, " + ");
    }

    /// `*` when no rule names a host: such rules take every host. Rules that follow the last host shown count as more,
    /// with or without a host of their own.
    private static String hosts(Seq rules) {
        List<String> all = new ArrayList<>();
        int i = 0;
        while (i < rules.size() && all.size() < SHOWN) {
            String host = rules.struct(i).text("host");
            i++;
            if (!host.isEmpty()) {
                all.add(host);
            }
        }
        String shown = all.isEmpty() ? "*" : String.join(",", all);
        return i < rules.size() ? shown + " + " + (rules.size() - SHOWN) + " more..." : shown;
    }

    private static String parameters(Struct ref) {
        if (ref.isEmpty()) {
            return Cells.NONE;
        }
        String group = ref.text("apiGroup").isEmpty() ? "" : "." + ref.text("apiGroup");
        return ref.text("kind") + group + "/" + ref.text("name");
    }

    /// Nearly always a service: `services/namespace/name`, whose group is empty.
    private static String parent(Struct ref) {
        if (ref.isEmpty()) {
            return Cells.NONE;
        }
        String group = ref.text("group").isEmpty() ? "" : "." + ref.text("group");
        String namespace = ref.text("namespace").isEmpty() ? "" : ref.text("namespace") + "/";
        return (ref.text("resource") + group).toLowerCase(Locale.ROOT) + "/" + namespace + ref.text("name");
    }
}
