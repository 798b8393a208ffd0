package io.k3j.apiserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// What every cluster has from the first moment: the system namespaces and the Service `kubernetes`.
final class Bootstrap {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final Gvr NAMESPACE = new Gvr("", "v1", "namespaces");
    private static final Gvr SERVICE = new Gvr("", "v1", "services");
    private static final Key KUBERNETES = ServerEndpoints.KUBERNETES;
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
}
