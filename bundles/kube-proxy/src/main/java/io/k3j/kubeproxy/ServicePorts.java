package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Reads Services and EndpointSlices into what must be served. Pure.
final class ServicePorts {
    static final String SERVICE = "kubernetes.io/service-name";
    private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final long AFFINITY_SECONDS = 10_800;

    private ServicePorts() {
    }

    /// Whether a service is this proxy's business at all.
    static boolean served(Obj service) {
        String ip = service.spec().text("clusterIP");
        return !ip.isEmpty() && !ip.equals("None") && !service.spec().text("type").equals("ExternalName")
                && !service.labels().containsKey(OTHER_PROXY) && !service.labels().containsKey(HEADLESS);
    }

    /// The ports of a service in a family, with the backends its slices name.
    static List<ServicePort> of(Obj service, List<Obj> slices, Family family, String node) {
        List<ServicePort> all = new ArrayList<>();
        Struct spec = service.spec();
        List<String> clusterIps = literals(family, Stream.concat(Stream.of(spec.text("clusterIP")),
                spec.seq("clusterIPs").texts().stream()));
        if (clusterIps.isEmpty()) {
            return all;
        }
        List<String> outside = literals(family,
                Stream.concat(spec.seq("externalIPs").texts().stream(), balancers(service)));
        boolean affinity = spec.text("sessionAffinity").equals("ClientIP");
        long seconds = spec.struct("sessionAffinityConfig").struct("clientIP").whole("timeoutSeconds",
                AFFINITY_SECONDS);
        List<String> sources = spec.seq("loadBalancerSourceRanges").texts().stream()
                .flatMap(s -> family.network(s.strip()).stream()).toList();
        for (Struct port : spec.seq("ports").structs()) {
            String protocol = port.text("protocol", "TCP").toLowerCase(Locale.ROOT);
            Backends found = backends(slices, port, family, node);
            all.add(new ServicePort(
                    service.namespace() + "/" + service.name() + "/" + protocol + "/" + port.text("name"), protocol,
                    (int) port.whole("port", 0), clusterIps, outside, (int) port.whole("nodePort", 0),
                    spec.text("internalTrafficPolicy").equals("Local"),
                    spec.text("externalTrafficPolicy").equals("Local"),
                    affinity ? (int) seconds : 0, sources, found.all(), found.local()));
        }
        return all;
    }

    private static Stream<String> balancers(Obj service) {
        return service.status().struct("loadBalancer").seq("ingress").structs().stream()
                .filter(i -> !i.text("ipMode").equals("Proxy")).map(i -> i.text("ip"));
    }

    private static List<String> literals(Family family, Stream<String> addresses) {
        return addresses.flatMap(a -> family.literal(a).stream()).distinct().toList();
    }

    /// The backends of a port: for any node, and for this one.
    private record Backends(List<Backend> all, List<Backend> local) {
    }

    /// The ready backends of a port; when there is none, those that are terminating but still serve. This node is
    /// looked at by itself: traffic that may not leave it goes on to its last terminating backend.
    private static Backends backends(List<Obj> slices, Struct servicePort, Family family, String node) {
        List<Backend> ready = new ArrayList<>();
        List<Backend> leaving = new ArrayList<>();
        for (Obj slice : slices) {
            if (!slice.tree().text("addressType").equals(family.slices())) {
                continue;
            }
            for (Struct port : slice.tree().seq("ports").structs()) {
                if (port.text("name").equals(servicePort.text("name"))
                        && port.text("protocol", "TCP").equals(servicePort.text("protocol", "TCP"))) {
                    collect(slice, (int) port.whole("port", 0), new Wanted(node, family), ready, leaving);
                }
            }
        }
        return new Backends(usable(ready, leaving), usable(ready.stream().filter(Backend::local).toList(),
                leaving.stream().filter(Backend::local).toList()));
    }

    private static List<Backend> usable(List<Backend> ready, List<Backend> leaving) {
        return (ready.isEmpty() ? leaving : ready).stream().distinct()
                .sorted(Comparator.comparing(Backend::address).thenComparing(Backend::port)).toList();
    }

    /// Whose endpoints: this node's name tells local ones.
    private record Wanted(String node, Family family) {
    }

    private static void collect(Obj slice, int port, Wanted wanted, List<Backend> ready, List<Backend> leaving) {
        for (Struct e : slice.tree().seq("endpoints").structs()) {
            Struct conditions = e.struct("conditions");
            boolean local = e.text("nodeName").equals(wanted.node());
            for (String address : literals(wanted.family(), e.seq("addresses").texts().stream().limit(1))) {
                if (conditions.flag("ready", true)) {
                    ready.add(new Backend(address, port, local, true));
                } else if (conditions.flag("serving", true) && conditions.flag("terminating")) {
                    leaving.add(new Backend(address, port, local, false));
                }
            }
        }
    }
}
