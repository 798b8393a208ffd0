package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Computes service ports from Services and EndpointSlices. Pure.
final class ServicePorts {
    static final String SERVICE = "kubernetes.io/service-name";
    private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";
    private static final String BALANCED = "service.kubernetes.io/load-balancer-cleanup";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    private static final long AFFINITY_SECONDS = 10_800;

    private ServicePorts() {
    }

    /// Whether this proxy handles a Service.
    static boolean served(Obj service) {
        String ip = service.spec().text("clusterIP");
        return !ip.isEmpty() && !ip.equals("None") && !service.spec().text("type").equals("ExternalName")
                && forProxies(service);
    }

    /// Whether a Service or a slice is for a proxy, and for this one.
    static boolean forProxies(Obj object) {
        return !object.labels().containsKey(OTHER_PROXY) && !object.labels().containsKey(HEADLESS);
    }

    /// The ports of a Service in a family, with the endpoints of its slices.
    static List<ServicePort> of(Obj service, List<Obj> slices, Family family, ThisNode node) {
        List<ServicePort> all = new ArrayList<>();
        Struct spec = service.spec();
        List<String> clusterIps = clusterIps(service, family);
        if (clusterIps.isEmpty()) {
            return all;
        }
        List<String> externalIps = externalIps(service, family);
        List<String> balancers = balancers(service, family);
        boolean carried = carried(service, family, balancers, node);
        ServicePort.Sources sources = sources(service, family);
        SlicePorts offered = new SlicePorts(slices, family);
        for (Struct port : spec.seq("ports").structs()) {
            String protocol = port.text("protocol", "TCP").toLowerCase(Locale.ROOT);
            if (PROTOCOLS.contains(protocol)) {
                EndpointChoice found = EndpointChoice.of(offered.of(port), family, node);
                all.add(new ServicePort(
                        service.namespace() + "/" + service.name() + "/" + protocol + "/" + port.text("name"),
                        protocol, (int) port.whole("port", 0), clusterIps, externalIps, balancers,
                        (int) port.whole("nodePort", 0), carried, spec.text("internalTrafficPolicy").equals("Local"),
                        spec.text("externalTrafficPolicy").equals("Local"), affinitySeconds(spec), sources,
                        found.all(), found.local(), found.serving()));
            }
        }
        return all;
    }

    /// Its cluster addresses of a family.
    static List<String> clusterIps(Obj service, Family family) {
        return literals(family, Stream.concat(Stream.of(service.spec().text("clusterIP")),
                service.spec().seq("clusterIPs").texts().stream()));
    }

    /// The addresses its owner has chosen.
    static List<String> externalIps(Obj service, Family family) {
        return literals(family, service.spec().seq("externalIPs").texts().stream());
    }

    /// A load balancer of mode `Proxy` sends to the node's own addresses; packets to its address belong to it.
    static List<String> balancers(Obj service, Family family) {
        return literals(family, service.status().struct("loadBalancer").seq("ingress").structs().stream()
                .filter(i -> !i.text("ipMode").equals("Proxy")).map(i -> i.text("ip")));
    }

    /// The timeout of client affinity, 0 without affinity.
    static int affinitySeconds(Struct spec) {
        return !spec.text("sessionAffinity").equals("ClientIP") ? 0
                : (int) spec.struct("sessionAffinityConfig").struct("clientIP").whole("timeoutSeconds",
                        AFFINITY_SECONDS);
    }

    /// Those of the field, else of the annotation that came before it. One that is no network lets nobody in.
    static ServicePort.Sources sources(Obj service, Family family) {
        List<String> field = service.spec().seq("loadBalancerSourceRanges").texts();
        String annotation = service.spec().text("type").equals("LoadBalancer")
                ? service.annotations().getOrDefault(SOURCE_RANGES, "").strip() : "";
        List<String> given = field.isEmpty() && !annotation.isEmpty() ? List.of(annotation.split(",")) : field;
        return new ServicePort.Sources(!given.isEmpty(),
                given.stream().flatMap(s -> family.network(s.strip()).stream()).distinct().toList());
    }

    /// ServiceLB shows the addresses of the nodes that carry a Service, and finishes what it has begun. Another
    /// balancer is named by `loadBalancerClass`, or shows addresses that no node has.
    private static boolean carried(Obj service, Family family, List<String> balancers, ThisNode node) {
        return service.spec().text("type").equals("LoadBalancer") && !service.spec().has("loadBalancerClass")
                && service.finalizers().contains(BALANCED)
                && literals(family, node.known().stream()).stream().anyMatch(balancers::contains);
    }

    private static List<String> literals(Family family, Stream<String> addresses) {
        return addresses.flatMap(a -> family.literal(a).stream()).distinct().toList();
    }
}
