package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/// Reconciles the Endpoints and EndpointSlices of the Service `kubernetes` with the live API servers: one slice for
/// each address family and port, the largest is named `kubernetes`. All servers write the same content, so it does
/// not matter which of them writes last.
public final class ServerEndpoints {
    /// The key of the Service, its Endpoints and its first slice.
    public static final Key KUBERNETES = new Key("default", "kubernetes");
    private static final Gvr ENDPOINTS = new Gvr("", "v1", "endpoints");
    private static final Gvr SLICES = new Gvr("discovery.k8s.io", "v1", "endpointslices");
    private static final String OF_SERVICE = "kubernetes.io/service-name";
    private final ApiClient api;

    /// @param api of the server itself
    public ServerEndpoints(ApiClient api) {
        this.api = api;
    }

    /// The addresses of one slice.
    private record Group(String family, int port) implements Comparable<Group> {
        String name() {
            return KUBERNETES.name() + "-" + family.toLowerCase(Locale.ROOT) + "-" + port;
        }

        @Override
        public int compareTo(Group other) {
            return family.equals(other.family) ? Integer.compare(port, other.port) : family.compareTo(other.family);
        }
    }

    /// Creates missing objects, updates differing ones, and deletes slices that nobody needs any more. Idempotent;
    /// blocks for calls of the API.
    ///
    /// @param alive the servers, one at least
    /// @throws ApiFault when a read or write fails
    public void reconcile(SortedSet<Peer> alive) {
        Map<Group, List<String>> groups = new TreeMap<>();
        alive.forEach(p -> groups.merge(new Group(p.family(), p.port()), List.of(p.address()), ServerEndpoints::plus));
        reconcile(ENDPOINTS, endpoints(groups), "subsets");
        Map<String, Struct> slices = slices(groups);
        slices.values().forEach(slice -> reconcile(SLICES, slice, "endpoints"));
        for (Obj there : api.list(SLICES, Query.in(KUBERNETES.namespace())
                .labelled(Selector.ofLabels(Map.of(OF_SERVICE, KUBERNETES.name())))).items()) {
            if (!slices.containsKey(there.name())) {
                api.delete(SLICES, there.key(), DeleteOptions.PLAIN.ifUid(there.uid()));
            }
        }
    }

    private static List<String> plus(Collection<String> some, Collection<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static Map<String, Struct> slices(Map<Group, List<String>> groups) {
        Group largest = groups.entrySet().stream().max((a, b) -> Integer.compare(a.getValue().size(),
                b.getValue().size()) == 0 ? b.getKey().compareTo(a.getKey())
                        : Integer.compare(a.getValue().size(), b.getValue().size()))
                .orElseThrow().getKey();
        Map<String, Struct> slices = new LinkedHashMap<>();
        groups.forEach((group, addresses) -> {
            String name = group.equals(largest) ? KUBERNETES.name() : group.name();
            slices.put(name, slice(name, group, addresses));
        });
        return slices;
    }

    private void reconcile(Gvr resource, Struct wanted, String field) {
        Key key = Obj.of(wanted).key();
        Optional<Obj> there = api.find(resource, key);
        if (there.isEmpty()) {
            create(resource, wanted);
        } else if (!same(there.get(), wanted, field)) {
            Object ports = wanted.get("ports");
            Obj changed = there.get().with(wanted.get(field), field);
            api.update(resource, ports == null ? changed : changed.with(ports, "ports"), WriteOptions.PLAIN);
        }
    }

    private void create(Gvr resource, Struct object) {
        try {
            api.create(resource, Obj.of(object), WriteOptions.PLAIN);
        } catch (ApiFault f) {
            if (!f.reason().equals("AlreadyExists")) {
                throw f;
            }
        }
    }

    private static boolean same(Obj there, Struct wanted, String field) {
        return there.tree().seq(field).equals(wanted.seq(field))
                && there.tree().seq("ports").equals(wanted.seq("ports"));
    }

    private static Struct metadata(String name, Struct labels) {
        return Struct.of("name", name, "namespace", KUBERNETES.namespace(), "labels", labels);
    }

    private static Struct port(int port) {
        return Struct.of("name", "https", "port", port, "protocol", "TCP");
    }

    private static Struct endpoints(Map<Group, List<String>> groups) {
        List<Struct> subsets = groups.entrySet().stream().map(e -> Struct.of("addresses",
                e.getValue().stream().map(ip -> Struct.of("ip", ip)).toList(), "ports",
                List.of(port(e.getKey().port)))).toList();
        return Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata", metadata(KUBERNETES.name(),
                Struct.of("endpointslice.kubernetes.io/skip-mirror", "true")), "subsets", subsets);
    }

    private static Struct slice(String name, Group group, List<String> addresses) {
        List<Struct> endpoints = addresses.stream()
                .map(ip -> Struct.of("addresses", List.of(ip), "conditions", Struct.of("ready", true))).toList();
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                metadata(name, Struct.of(OF_SERVICE, KUBERNETES.name())), "addressType", group.family, "endpoints",
                endpoints, "ports", List.of(port(group.port)));
    }
}
