package io.k3j.clusterdns;

import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// The objects names are made from.
final class Picture {
    private static final String SERVICE = "kubernetes.io/service-name";
    private static final String BY_SERVICE = "service";
    private static final String BY_ADDRESS = "address";
    private final LiveView services;
    private final LiveView slices;
    private final LiveView namespaces;
    private final LiveView nodes;

    Picture(LiveViews views) {
        services = views.of(Resources.SERVICES).index(BY_ADDRESS, Picture::addresses);
        slices = views.of(Resources.ENDPOINT_SLICES)
                .index(BY_SERVICE, s -> List.of(s.namespace() + "/" + s.labels().getOrDefault(SERVICE, "")))
                .index(BY_ADDRESS, s -> s.tree().seq("endpoints").structs().stream()
                        .flatMap(e -> e.seq("addresses").texts().stream()).toList());
        namespaces = views.of(Resources.NAMESPACES);
        nodes = views.of(Resources.NODES);
    }

    /// One address behind a headless service, with the ports of its slice.
    record Endpoint(String hostname, String address, List<Struct> ports) {
    }

    static List<String> addresses(Obj service) {
        List<String> all = service.spec().seq("clusterIPs").texts();
        String first = service.spec().text("clusterIP");
        return !all.isEmpty() ? all : first.isEmpty() ? List.of() : List.of(first);
    }

    static boolean headless(Obj service) {
        return service.spec().text("clusterIP").equals("None");
    }

    boolean namespace(String name) {
        return namespaces.get(Key.of(name)).isPresent();
    }

    Optional<Obj> service(String namespace, String name) {
        return services.get(new Key(namespace, name));
    }

    /// The endpoints that are ready, or all when the service publishes those that are not.
    List<Endpoint> endpoints(Obj service) {
        boolean all = service.spec().flag("publishNotReadyAddresses");
        return slices.by(BY_SERVICE, service.namespace() + "/" + service.name()).stream()
                .flatMap(slice -> slice.tree().seq("endpoints").structs().stream()
                        .filter(e -> all || e.struct("conditions").flag("ready", true))
                        .flatMap(e -> e.seq("addresses").texts().stream().map(a -> new Endpoint(hostname(e, a), a,
                                slice.tree().seq("ports").structs()))))
                .distinct().toList();
    }

    /// The name an address goes by below its service: its hostname, or itself with dashes.
    private static String hostname(Struct endpoint, String address) {
        return endpoint.text("hostname", address.replace('.', '-').replace(':', '-'));
    }

    /// `name.namespace` of what has an address: the services, then endpoints of headless services.
    List<String> reverse(String address) {
        List<String> found = services.by(BY_ADDRESS, address).stream().map(s -> s.name() + "." + s.namespace())
                .toList();
        if (!found.isEmpty()) {
            return found;
        }
        return slices.by(BY_ADDRESS, address).stream().flatMap(slice -> {
            String name = slice.labels().getOrDefault(SERVICE, "");
            return service(slice.namespace(), name).filter(Picture::headless).stream()
                    .flatMap(s -> endpoints(s).stream().filter(e -> e.address().equals(address))
                            .map(e -> e.hostname() + "." + name + "." + slice.namespace()));
        }).distinct().toList();
    }

    /// The internal addresses of a node.
    List<String> node(String name) {
        return nodes.get(Key.of(name)).stream().flatMap(n -> n.status().seq("addresses").structs().stream())
                .filter(a -> a.text("type").equals("InternalIP")).map(a -> a.text("address")).toList();
    }
}
