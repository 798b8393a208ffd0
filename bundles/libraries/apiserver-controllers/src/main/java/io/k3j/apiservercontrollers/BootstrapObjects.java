package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.SortedSet;

/// Creates the objects every cluster starts with, and again when they were deleted: the system namespaces and the
/// Service `kubernetes`. One thread at a time.
final class BootstrapObjects {
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final Gvr NAMESPACE = new Gvr("", "v1", "namespaces");
    private static final Gvr SERVICE = new Gvr("", "v1", "services");
    private static final Key KUBERNETES = ServerEndpoints.KUBERNETES;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private static final int REFUSED = 422;
    private final ApiClient api;
    private final String serviceIp;
    private final int port;
    private final ServerEndpoints endpoints;
    private boolean told;

    /// @param api of the server itself, which may write them
    /// @param serviceIp the address of the Service `kubernetes`, the first of the service network
    /// @param port at which this server listens
    BootstrapObjects(ApiClient api, String serviceIp, int port) {
        this.api = api;
        this.serviceIp = serviceIp;
        this.port = port;
        this.endpoints = new ServerEndpoints(api);
    }

    /// Creates the missing objects. Idempotent. A Service that is refused is left to [#keep]: where no ready
    /// ServiceCIDR has its address, whoever mends that, the controller of ServiceCIDRs too, needs this server.
    /// @throws ApiFault when a read or write fails
    void run() {
        NAMESPACES.forEach(this::ensureNamespace);
        ensureService();
    }

    /// Has the Service lead to the servers, and creates what is missing while they run: called every ten seconds, as
    /// upstream's controller of the Service `kubernetes` looks, since whoever may delete these objects may do so at any
    /// time. What cannot be created is left to the next call. Waits for whoever these writes wait for.
    /// @param alive the servers
    /// @throws ApiFault when endpoints cannot be read or written
    void keep(SortedSet<Peer> alive) {
        endpoints.reconcile(alive);
        try {
            run();
        } catch (ApiFault away) {
            LOG.log(System.Logger.Level.DEBUG, "Objects of the system put off error={0}", away.getMessage());
        }
    }

    private void ensureService() {
        try {
            if (api.find(SERVICE, KUBERNETES).isEmpty()) {
                create(SERVICE, service());
            }
            told = false;
        } catch (ApiFault fault) {
            if (fault.code() != REFUSED) {
                throw fault;
            }
            if (!told) {
                told = true;
                LOG.log(System.Logger.Level.WARNING, "Service kubernetes not created, will try again error={0}",
                        fault.getMessage());
            }
        }
    }

    private void ensureNamespace(String name) {
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
        Struct https = Struct.of("name", "https", "port", 443, "protocol", "TCP", "targetPort", port);
        String family = serviceIp.indexOf(':') < 0 ? "IPv4" : "IPv6";
        return Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                metadata(Struct.of("component", "apiserver", "provider", "kubernetes")), "spec",
                Struct.of("clusterIP", serviceIp, "clusterIPs", List.of(serviceIp), "ipFamilies", List.of(family),
                        "ipFamilyPolicy", "SingleStack", "internalTrafficPolicy", "Cluster", "ports", List.of(https),
                        "sessionAffinity", "None", "type", "ClusterIP"));
    }
}
