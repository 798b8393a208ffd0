package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// The objects by which pods find this server: the Service with the address every `resolv.conf` names, and this
/// node's place behind it, one slice per family, which goes with its Node.
final class Publication {
    static final Key SERVICE = new Key("kube-system", "kube-dns");
    private static final WriteOptions OURS = WriteOptions.PLAIN.by("cluster-dns").forced();
    private static final List<String> FAMILIES = List.of("IPv4", "IPv6");
    private final LiveViews views;
    private final LiveView services;
    private final LiveView slices;
    private final LiveView nodes;
    private final String node;
    private final List<String> clusterIps;

    Publication(LiveViews views, String node, List<String> clusterIps) {
        this.views = views;
        services = views.of(Resources.SERVICES);
        slices = views.of(Resources.ENDPOINT_SLICES);
        nodes = views.of(Resources.NODES);
        this.node = node;
        this.clusterIps = clusterIps;
    }

    /// Writes what is not there, or not as it should be; costs nothing when all is right.
    void keep(ApiClient api, Place place) {
        Optional<Obj> owner = nodes.get(Key.of(node));
        if (!views.synced() || owner.isEmpty()) {
            return;
        }
        if (services.get(SERVICE).filter(s -> Picture.addresses(s).equals(clusterIps)).isEmpty()) {
            api.patch(Resources.SERVICES, SERVICE, new Patch.Apply(service()), OURS);
        }
        for (String address : place.addresses()) {
            Struct wanted = slice(owner.get(), address, place.port());
            Key key = key(address.contains(":"));
            if (slices.get(key).filter(s -> holds(s.tree(), wanted)).isEmpty()) {
                api.patch(Resources.ENDPOINT_SLICES, key, new Patch.Apply(wanted), OURS);
            }
        }
    }

    private static boolean holds(Struct there, Struct wanted) {
        return there.struct("metadata").seq("ownerReferences").equals(wanted.struct("metadata").seq("ownerReferences"))
                && there.text("addressType").equals(wanted.text("addressType"))
                && there.seq("endpoints").equals(wanted.seq("endpoints"))
                && there.seq("ports").size() == wanted.seq("ports").size()
                && there.seq("ports").structs().stream()
                        .allMatch(p -> p.whole("port", 0) == wanted.seq("ports").struct(0).whole("port", 0));
    }

    /// Takes a node's place away, and the Service.
    static void withdraw(ApiClient api, String node) {
        gone(api, Resources.ENDPOINT_SLICES, new Key(SERVICE.namespace(), name(node, false)));
        gone(api, Resources.ENDPOINT_SLICES, new Key(SERVICE.namespace(), name(node, true)));
        gone(api, Resources.SERVICES, SERVICE);
    }

    private static void gone(ApiClient api, Gvr resource, Key key) {
        try {
            api.delete(resource, key, DeleteOptions.PLAIN);
        } catch (ApiFault e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    private Key key(boolean six) {
        return new Key(SERVICE.namespace(), name(node, six));
    }

    private static String name(String node, boolean six) {
        return SERVICE.name() + "-" + node + (six ? "-ipv6" : "");
    }

    private Struct service() {
        Seq ports = Seq.of(port("dns", "UDP", 53).with("targetPort", 53),
                port("dns-tcp", "TCP", 53).with("targetPort", 53));
        Struct labels = Struct.of("k8s-app", "kube-dns", "kubernetes.io/cluster-service", "true", "kubernetes.io/name",
                "CoreDNS");
        Struct spec = Struct.of("clusterIP", clusterIps.getFirst(), "clusterIPs", Seq.copyOf(clusterIps), "ports",
                ports, "internalTrafficPolicy", "Local", "type", "ClusterIP");
        return Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", SERVICE.name(), "namespace", SERVICE.namespace(), "labels", labels), "spec", spec);
    }

    private Struct slice(Obj owner, String address, int port) {
        Struct labels = Struct.of("kubernetes.io/service-name", SERVICE.name(),
                "endpointslice.kubernetes.io/managed-by", "cluster-dns.k3j.io", "k8s-app", "kube-dns");
        Struct endpoint = Struct.of("addresses", Seq.of(address), "conditions",
                Struct.of("ready", true, "serving", true, "terminating", false), "nodeName", node);
        Struct reference = Struct.of("apiVersion", "v1", "kind", "Node", "name", owner.name(), "uid", owner.uid());
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", name(node, address.contains(":")), "namespace", SERVICE.namespace(), "labels", labels,
                        "ownerReferences", Seq.of(reference)),
                "addressType", FAMILIES.get(address.contains(":") ? 1 : 0), "endpoints", Seq.of(endpoint), "ports",
                Seq.of(port("dns", "UDP", port), port("dns-tcp", "TCP", port)));
    }

    private static Struct port(String name, String protocol, int port) {
        return Struct.of("name", name, "protocol", protocol, "port", port);
    }
}
