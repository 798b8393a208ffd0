package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;

/// The objects by which pods find this server: the Service with the address every `resolv.conf` names,
/// and this node's place behind it.
final class Publication {
    static final Key SERVICE = new Key("kube-system", "kube-dns");
    private static final WriteOptions OURS = WriteOptions.PLAIN.by("cluster-dns").forced();
    private final ApiClient api;
    private final String node;

    Publication(ApiClient api, String node) {
        this.api = api;
        this.node = node;
    }

    /// Writes both objects as they should be; what is right already is not changed.
    void publish(List<String> clusterIps, List<String> addresses, int port) {
        api.patch(Resources.SERVICES, SERVICE, new Patch.Apply(service(clusterIps)), OURS);
        api.patch(Resources.ENDPOINT_SLICES, slice(), new Patch.Apply(endpoints(addresses, port)), OURS);
    }

    /// Takes this node's place away, and the Service when no node is left behind it.
    void withdraw() {
        gone(Resources.ENDPOINT_SLICES, slice());
        gone(Resources.SERVICES, SERVICE);
    }

    private void gone(Gvr resource, Key key) {
        try {
            api.delete(resource, key, DeleteOptions.PLAIN);
        } catch (ApiFault e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    private Key slice() {
        return new Key(SERVICE.namespace(), SERVICE.name() + "-" + node);
    }

    private static Struct service(List<String> clusterIps) {
        Seq ports = Seq.of(port("dns", "UDP", 53).with("targetPort", 53),
                port("dns-tcp", "TCP", 53).with("targetPort", 53));
        Struct labels = Struct.of("k8s-app", "kube-dns", "kubernetes.io/cluster-service", "true", "kubernetes.io/name",
                "CoreDNS");
        Struct spec = Struct.of("clusterIP", clusterIps.getFirst(), "clusterIPs", Seq.copyOf(clusterIps), "ports",
                ports,
                "internalTrafficPolicy", "Local", "type", "ClusterIP");
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", SERVICE.name(), "namespace", SERVICE.namespace(), "labels", labels), "spec", spec))
                .tree();
    }

    private Struct endpoints(List<String> addresses, int port) {
        Struct labels = Struct.of("kubernetes.io/service-name", SERVICE.name(),
                "endpointslice.kubernetes.io/managed-by",
                "cluster-dns.k3j.io", "k8s-app", "kube-dns");
        Struct endpoint = Struct.of("addresses", Seq.of(addresses.getFirst()), "nodeName", node, "conditions",
                Struct.of("ready", true, "serving", true, "terminating", false));
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", slice().name(), "namespace", SERVICE.namespace(), "labels", labels), "addressType",
                addresses.getFirst().contains(":") ? "IPv6" : "IPv4", "endpoints", Seq.of(endpoint), "ports",
                Seq.of(port("dns", "UDP", port), port("dns-tcp", "TCP", port)));
    }

    private static Struct port(String name, String protocol, int port) {
        return Struct.of("name", name, "protocol", protocol, "port", port);
    }
}
