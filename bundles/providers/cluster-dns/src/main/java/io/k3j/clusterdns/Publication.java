package io.k3j.clusterdns;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Publishes this server: one EndpointSlice per family for this node, owned by its Node. The Service before them is
/// made by the cluster's controllers: a node that could write it would answer for all others. Marks the Node as one
/// whose identity names it, which with `--flannel-backend=none` nobody else does.
final class Publication {
    static final Key SERVICE = new Key("kube-system", "kube-dns");
    private static final WriteOptions OWN = WriteOptions.PLAIN.by("cluster-dns");
    private static final WriteOptions OURS = OWN.forced();
    /// By it the API server refuses writes to this Node from who has no certificate that names it.
    private static final String BOUND = "k3j.io/network";
    private static final int METRICS = 9153;
    private static final List<String> FAMILIES = List.of("IPv4", "IPv6");
    private final LiveViews views;
    private final LiveView slices;
    private final LiveView nodes;
    private final String node;
    private boolean unbound;

    Publication(LiveViews views, String node) {
        this.views = views;
        slices = views.of(BuiltinResources.ENDPOINT_SLICES);
        nodes = views.of(BuiltinResources.NODES, Query.ALL.where("metadata.name", node));
        this.node = node;
    }

    /// Creates or updates the slices, then marks the Node; no write when they are up to date.
    void keep(ApiClient api, ServingAddresses addresses) {
        Optional<Obj> owner = nodes.get(Key.of(node));
        if (!views.synced() || owner.isEmpty()) {
            return;
        }
        for (String address : addresses.addresses()) {
            Struct wanted = slice(owner.get(), address, addresses.port());
            Key key = key(address.contains(":"));
            if (slices.get(key).filter(s -> holds(s.tree(), wanted)).isEmpty()) {
                api.patch(BuiltinResources.ENDPOINT_SLICES, key, new Patch.Apply(wanted), OURS);
            }
        }
        mark(api, owner.get());
    }

    /// Comes after the slices: an API server that binds no identities refuses those, and the Node stays as it is.
    private void mark(ApiClient api, Obj own) {
        if (!unbound && !own.annotations().containsKey(BOUND)) {
            Obj marked = api.patch(BuiltinResources.NODES, own.key(), new Patch.Merge(
                    Struct.of("metadata", Struct.of("annotations", Struct.of(BOUND, "bound")))), OWN);
            unbound = !marked.annotations().containsKey(BOUND);
        }
    }

    private static boolean holds(Struct there, Struct wanted) {
        return there.struct("metadata").seq("ownerReferences").equals(wanted.struct("metadata").seq("ownerReferences"))
                && there.text("addressType").equals(wanted.text("addressType"))
                && there.seq("endpoints").equals(wanted.seq("endpoints"))
                && numbers(there).equals(numbers(wanted));
    }

    private static Map<String, Long> numbers(Struct slice) {
        Map<String, Long> all = new HashMap<>();
        slice.seq("ports").structs().forEach(p -> all.put(p.text("name"), p.whole("port", 0)));
        return all;
    }

    /// Deletes the slices of a node. The Service stays: other nodes answer behind it.
    static void withdraw(ApiClient api, String node) {
        deleteIfPresent(api, BuiltinResources.ENDPOINT_SLICES, new Key(SERVICE.namespace(), name(node, false)));
        deleteIfPresent(api, BuiltinResources.ENDPOINT_SLICES, new Key(SERVICE.namespace(), name(node, true)));
    }

    /// Deletes the Service of the whole cluster.
    static void withdrawService(ApiClient api) {
        deleteIfPresent(api, BuiltinResources.SERVICES, SERVICE);
    }

    private static void deleteIfPresent(ApiClient api, Gvr resource, Key key) {
        try {
            api.delete(resource, key, DeleteOptions.PLAIN);
        } catch (ApiFault e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    private Key key(boolean ipv6) {
        return new Key(SERVICE.namespace(), name(node, ipv6));
    }

    private static String name(String node, boolean ipv6) {
        return SERVICE.name() + "-" + node + (ipv6 ? "-ipv6" : "");
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
                Seq.of(port("dns", "UDP", port), port("dns-tcp", "TCP", port), port("metrics", "TCP", METRICS)));
    }

    private static Struct port(String name, String protocol, int port) {
        return Struct.of("name", name, "protocol", protocol, "port", port);
    }
}
