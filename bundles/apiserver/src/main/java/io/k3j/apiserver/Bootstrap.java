package io.k3j.apiserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// What every cluster has from the first moment: the system namespaces and the Service `kubernetes` with
/// this server behind it.
final class Bootstrap {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final Gvr NAMESPACE = new Gvr("", "v1", "namespaces");
    private static final Gvr SERVICE = new Gvr("", "v1", "services");
    private static final Gvr ENDPOINTS = new Gvr("", "v1", "endpoints");
    private static final Gvr SLICE = new Gvr("discovery.k8s.io", "v1", "endpointslices");
    private static final Key KUBERNETES = new Key("default", "kubernetes");
    private final ApiClient api;
    private final Options options;

    Bootstrap(ApiClient api, Options options) {
        this.api = api;
        this.options = options;
    }

    /// Makes what is missing and corrects what differs. May be called again.
    /// @throws ApiFault when it cannot
    void run() {
        NAMESPACES.forEach(this::namespace);
        if (api.find(SERVICE, KUBERNETES).isEmpty()) {
            create(SERVICE, service());
        }
        settle(ENDPOINTS, endpoints(), "subsets");
        settle(SLICE, slice(), "endpoints");
    }

    private void namespace(String name) {
        if (api.find(NAMESPACE, Key.of(name)).isEmpty()) {
            create(NAMESPACE, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata", Struct.of("name", name)));
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

    private void settle(Gvr resource, Struct wanted, String field) {
        Optional<Obj> there = api.find(resource, KUBERNETES);
        if (there.isEmpty()) {
            create(resource, wanted);
        } else if (!same(there.get(), wanted, field)) {
            Object ports = wanted.get("ports");
            Obj changed = there.get().with(wanted.get(field), field);
            api.update(resource, ports == null ? changed : changed.with(ports, "ports"), WriteOptions.PLAIN);
        }
    }

    private static boolean same(Obj there, Struct wanted, String field) {
        return there.tree().seq(field).equals(wanted.seq(field))
                && there.tree().seq("ports").equals(wanted.seq("ports"));
    }

    private static Struct metadata(Struct labels) {
        return Struct.of("name", KUBERNETES.name(), "namespace", KUBERNETES.namespace(), "labels", labels);
    }

    private Struct service() {
        Struct port = Struct.of("name", "https", "port", 443, "protocol", "TCP", "targetPort", options.port());
        String family = options.serviceIp().indexOf(':') < 0 ? "IPv4" : "IPv6";
        return Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                metadata(Struct.of("component", "apiserver", "provider", "kubernetes")), "spec",
                Struct.of("clusterIP", options.serviceIp(), "clusterIPs", List.of(options.serviceIp()), "ipFamilies",
                        List.of(family), "ipFamilyPolicy", "SingleStack", "internalTrafficPolicy", "Cluster", "ports",
                        List.of(port), "sessionAffinity", "None", "type", "ClusterIP"));
    }

    private Struct endpoints() {
        return Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata",
                metadata(Struct.of("endpointslice.kubernetes.io/skip-mirror", "true")), "subsets",
                List.of(Struct.of("addresses", List.of(Struct.of("ip", options.address())), "ports", List.of(
                        Struct.of("name", "https", "port", options.port(), "protocol", "TCP")))));
    }

    private Struct slice() {
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                metadata(Struct.of("kubernetes.io/service-name", "kubernetes")), "addressType",
                options.address().indexOf(':') < 0 ? "IPv4" : "IPv6", "endpoints",
                List.of(Struct.of("addresses", List.of(options.address()), "conditions", Struct.of("ready", true))),
                "ports", List.of(Struct.of("name", "https", "port", options.port(), "protocol", "TCP")));
    }
}
