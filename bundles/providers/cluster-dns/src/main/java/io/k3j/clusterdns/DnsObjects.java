package io.k3j.clusterdns;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// The objects from which the cluster's names are computed.
final class DnsObjects {
    private static final String SERVICE = "kubernetes.io/service-name";
    private static final String BY_SERVICE = "service";
    private static final String BY_ADDRESS = "address";
    private static final List<String> ENDED = List.of("Succeeded", "Failed", "Unknown");
    private final LiveView services;
    private final LiveView slices;
    private final LiveView namespaces;
    private final LiveView pods;

    /// @param pods followed only while a Corefile says `pods verified`, see [ClusterDns]
    DnsObjects(LiveViews views, LiveViews pods) {
        services = views.of(BuiltinResources.SERVICES).index(BY_ADDRESS, DnsObjects::addresses);
        slices = views.of(BuiltinResources.ENDPOINT_SLICES)
                .index(BY_SERVICE, s -> List.of(s.namespace() + "/" + s.labels().getOrDefault(SERVICE, "")))
                .index(BY_ADDRESS, s -> s.tree().seq("endpoints").structs().stream()
                        .flatMap(e -> e.seq("addresses").texts().stream()).toList());
        namespaces = views.of(BuiltinResources.NAMESPACES);
        this.pods = pods.of(BuiltinResources.PODS, Query.ALL, BuiltinResources.CLUSTER_PODS).index(BY_ADDRESS,
                p -> p.status().seq("podIPs").structs().stream().map(a -> a.text("ip")).toList());
    }

    /// One endpoint of a Service.
    ///
    /// @param ports of its slice, the same list for all of it
    record Endpoint(String hostname, String pod, String address, List<Struct> ports) {
        /// Its label below the Service: its hostname, or with `endpoint_pod_names` the name of its pod, or its
        /// address with dashes.
        String label(boolean podNames) {
            if (!hostname.isEmpty()) {
                return hostname;
            }
            if (podNames && !pod.isEmpty()) {
                return pod;
            }
            String dashes = address.replace('.', '-').replace(':', '-');
            // a label does not end with a dash: fd00::
            return dashes.endsWith("-") ? dashes + "0" : dashes;
        }
    }

    static List<String> addresses(Obj service) {
        List<String> all = service.spec().seq("clusterIPs").texts();
        String first = service.spec().text("clusterIP");
        return !all.isEmpty() ? all : first.isEmpty() ? List.of() : List.of(first);
    }

    static boolean headless(Obj service) {
        return service.spec().text("clusterIP").equals("None");
    }

    /// Whether everything present was told once; before that nobody can say that a name does not exist.
    boolean synced() {
        return services.synced() && slices.synced() && namespaces.synced();
    }

    /// Grows with every change, as the serial of a zone does.
    long serial() {
        return Math.max(services.revision(), slices.revision()) & 0xFFFFFFFFL;
    }

    Optional<Obj> namespace(String name) {
        return namespaces.get(Key.of(name));
    }

    Optional<Obj> service(String namespace, String name) {
        return services.get(new Key(namespace, name));
    }

    /// The ready endpoints, or all when the Service publishes not-ready addresses. Those that terminate are not ready.
    List<Endpoint> endpoints(Obj service) {
        boolean all = service.spec().flag("publishNotReadyAddresses");
        return slices.by(BY_SERVICE, service.namespace() + "/" + service.name()).stream().flatMap(slice -> {
            List<Struct> ports = slice.tree().seq("ports").structs();
            return slice.tree().seq("endpoints").structs().stream()
                    .filter(e -> all || e.struct("conditions").flag("ready", true))
                    .flatMap(e -> e.seq("addresses").texts().stream().map(a -> new Endpoint(e.text("hostname"),
                            e.struct("targetRef").text("name"), a, ports)));
        }).toList();
    }

    /// The Services with a cluster address.
    List<Obj> servicesAt(String address) {
        return services.by(BY_ADDRESS, address);
    }

    /// The Services that have an endpoint with an address.
    List<Obj> servicesBehind(String address) {
        return slices.by(BY_ADDRESS, address).stream()
                .flatMap(s -> service(s.namespace(), s.labels().getOrDefault(SERVICE, "")).stream()).distinct()
                .toList();
    }

    /// Whether a pod of a namespace has an address.
    boolean pod(String namespace, String address) {
        return pods.by(BY_ADDRESS, address).stream()
                .anyMatch(p -> p.namespace().equals(namespace) && !ENDED.contains(p.status().text("phase")));
    }
}
