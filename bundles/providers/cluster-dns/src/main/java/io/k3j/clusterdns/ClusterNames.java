package io.k3j.clusterdns;

import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a name of the cluster's zone stands for, by the Kubernetes DNS specification
/// (<https://github.com/kubernetes/dns/blob/master/docs/specification.md>) as CoreDNS' plug-in `kubernetes` reads it.
/// Pure except for the views.
final class ClusterNames {
    /// Of one name; a message has room for a quarter of them.
    private static final int MOST_PLACES = 16_384;
    private final DnsObjects objects;
    private final Options options;

    /// The options of the plug-in that say which objects have names.
    ///
    /// @param pods `disabled`, `insecure` or `verified`
    /// @param podNames `endpoint_pod_names`
    /// @param namespaces empty for all
    /// @param endpoints false with `noendpoints`
    /// @param ignoreEmpty `ignore empty_service`
    record Options(String pods, boolean podNames, Set<String> namespaces, Selector namespaceLabels, Selector labels,
            boolean endpoints, boolean ignoreEmpty) {
    }

    /// Something that a name leads to.
    ///
    /// @param host an address, or the name an ExternalName leads to
    /// @param port -1 for a Service without ports
    /// @param owner the name by which this very place can be asked for
    record Place(String host, int port, String owner) {
    }

    ClusterNames(DnsObjects objects, Options options) {
        this.objects = objects;
        this.options = options;
    }

    /// The places of a name in `zone`; empty when the name does not exist, an empty list when it does and leads
    /// nowhere.
    Optional<List<Place>> find(String name, String zone) {
        if (name.length() <= zone.length()) {
            return Optional.of(List.of());
        }
        String base = zone.isEmpty() ? name : name.substring(0, name.length() - zone.length() - 1);
        List<String> labels = Arrays.asList(base.split("\\.", -1)).reversed();
        String kind = labels.getFirst();
        if (!kind.equals("svc") && !kind.equals("pod") || labels.size() > 5) {
            return Optional.empty();
        }
        if (labels.size() == 1) {
            return Optional.of(List.of());
        }
        String namespace = labels.get(1);
        if (!exposed(namespace)) {
            return Optional.empty();
        }
        if (labels.size() == 2) {
            return Optional.of(List.of());
        }
        return kind.equals("pod") ? pod(namespace, labels.get(2), name)
                : service(namespace, labels.get(2), labels.subList(3, labels.size()), zone);
    }

    private boolean exposed(String namespace) {
        return (options.namespaces().isEmpty() || options.namespaces().contains(namespace))
                && objects.namespace(namespace).filter(n -> fits(options.namespaceLabels(), n)).isPresent();
    }

    /// Labels are read only where there is something to match.
    private static boolean fits(Selector selector, Obj object) {
        return selector.everything() || selector.matches(object.labels());
    }

    /// `10-42-0-7.default.pod.cluster.local`: the address is in the name.
    private Optional<List<Place>> pod(String namespace, String label, String name) {
        long dashes = label.chars().filter(c -> c == '-').count();
        String address = label.replace('-', dashes == 3 && !label.contains("--") ? '.' : ':');
        boolean known = switch (options.pods()) {
            case "insecure" -> DnsAddresses.literal(address).isPresent();
            case "verified" -> objects.pod(namespace, address);
            default -> false;
        };
        return known ? Optional.of(List.of(new Place(address, -1, name))) : Optional.empty();
    }

    private Optional<List<Place>> service(String namespace, String name, List<String> below, String zone) {
        Optional<Obj> found = objects.service(namespace, name).filter(s -> fits(options.labels(), s));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Obj service = found.get();
        String owner = name + "." + namespace + ".svc" + (zone.isEmpty() ? "" : "." + zone);
        if (service.spec().text("type").equals("ExternalName")) {
            String target = DomainNames.normal(service.spec().text("externalName"));
            boolean alias = below.isEmpty() && !target.isEmpty() && DnsAddresses.literal(target).isEmpty();
            return alias ? Optional.of(List.of(new Place(target, -1, owner))) : Optional.empty();
        }
        boolean headless = DnsObjects.headless(service);
        if (!headless && options.ignoreEmpty() && objects.endpoints(service).isEmpty()) {
            return Optional.empty();
        }
        String port = below.size() == 2 ? withoutUnderscore(below.get(1)) : "";
        String protocol = below.size() == 2 ? withoutUnderscore(below.get(0)) : "";
        List<Place> places = headless || below.size() == 1
                ? endpoints(service, below.size() == 1 ? below.getFirst() : "", port, protocol, owner)
                : addresses(service, port, protocol, owner);
        return places.isEmpty() ? Optional.empty() : Optional.of(places);
    }

    /// A slice may have a thousand endpoints and thousands of ports, and any number of slices may say the same.
    private List<Place> endpoints(Obj service, String label, String port, String protocol, String owner) {
        Set<Place> all = new LinkedHashSet<>();
        if (!options.endpoints()) {
            return List.of();
        }
        List<Struct> offered = List.of();
        List<Integer> fitting = ports(offered, port, protocol);
        for (DnsObjects.Endpoint e : objects.endpoints(service)) {
            String own = DomainNames.lower(e.label(options.podNames()));
            if (label.isEmpty() || label.equals(own)) {
                fitting = e.ports() == offered ? fitting : ports(e.ports(), port, protocol);
                offered = e.ports();
                for (int p : fitting) {
                    if (all.size() >= MOST_PLACES) {
                        return List.copyOf(all);
                    }
                    all.add(new Place(e.address(), p, own + "." + owner));
                }
            }
        }
        return List.copyOf(all);
    }

    /// A Service may have tens of thousands of ports.
    private static List<Place> addresses(Obj service, String port, String protocol, String owner) {
        List<Place> all = new ArrayList<>();
        for (int p : ports(service.spec().seq("ports").structs(), port, protocol)) {
            for (String address : DnsObjects.addresses(service)) {
                if (all.size() >= MOST_PLACES) {
                    return all;
                }
                all.add(new Place(address, p, owner));
            }
        }
        return all;
    }

    /// The numbers of the ports that fit; an empty name or protocol fits all, also one that is not there.
    private static List<Integer> ports(List<Struct> ports, String name, String protocol) {
        if (ports.isEmpty()) {
            return name.isEmpty() && protocol.isEmpty() ? List.of(-1) : List.of();
        }
        List<Integer> all = new ArrayList<>(ports.size());
        for (Struct p : ports) {
            if ((name.isEmpty() || p.text("name").equals(name))
                    && (protocol.isEmpty() || p.text("protocol", "TCP").equalsIgnoreCase(protocol))) {
                all.add((int) p.whole("port", -1));
            }
        }
        return all;
    }

    private static String withoutUnderscore(String label) {
        return label.startsWith("_") ? label.substring(1) : label;
    }

    /// The names of an address: the Service with it, else the endpoints.
    List<String> reverse(String address, String zone) {
        String end = ".svc" + (zone.isEmpty() ? "" : "." + zone);
        List<Obj> services = objects.servicesAt(address).stream().filter(this::reversible).toList();
        if (!services.isEmpty()) {
            Obj s = services.getFirst();
            return List.of(s.name() + "." + s.namespace() + end);
        }
        return objects.servicesBehind(address).stream().filter(this::reversible)
                .flatMap(s -> objects.endpoints(s).stream().filter(e -> e.address().equals(address))
                        .map(e -> DomainNames.lower(e.label(options.podNames())) + "." + s.name() + "." + s.namespace()
                                + end))
                .distinct().toList();
    }

    private boolean reversible(Obj service) {
        return fits(options.labels(), service) && exposed(service.namespace());
    }
}
