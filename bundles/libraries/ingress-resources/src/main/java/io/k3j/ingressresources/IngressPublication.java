package io.k3j.ingressresources;

import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.IngressObjects;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Publishes the ingress: the IngressClass and the Service of K3s' chart, and one EndpointSlice per family for this
/// server, owned by its Node and ready as that is. Class and Service are made when they are not there, written again
/// when other values are wished for, and are the administrator's from then on. They bear the marks of Helm's release
/// `traefik`, so that the chart takes them over when it replaces this ingress.
public final class IngressPublication {
    static final Key SERVICE = new Key("kube-system", IngressObjects.NAME);
    static final Key CLASS = Key.of(IngressObjects.NAME);
    /// Of the slices of servers, and of no others.
    static final Map<String, String> SLICE_LABELS = Map.of(BackendEndpoints.SERVICE_LABEL, SERVICE.name(),
            "endpointslice.kubernetes.io/managed-by", "ingress.k3j.io");
    private static final int UNPROCESSABLE = 422;
    private static final WriteOptions OURS = WriteOptions.PLAIN.by("ingress").forced();
    private static final List<String> FAMILIES = List.of("IPv4", "IPv6");
    private static final Struct LABELS = Struct.of("app.kubernetes.io/managed-by", "Helm", "app.kubernetes.io/name",
            IngressObjects.NAME, "app.kubernetes.io/instance", IngressObjects.NAME + "-" + SERVICE.namespace());
    private static final Struct RELEASE = Struct.of("meta.helm.sh/release-name", IngressObjects.NAME,
            "meta.helm.sh/release-namespace", SERVICE.namespace());
    /// What was asked for when the object was written.
    private static final String VALUES = "ingress.k3j.io/values";
    private final LiveView services;
    private final LiveView slices;
    private final LiveView classes;
    private final LiveView nodes;
    private final String node;

    /// For one server.
    ///
    /// @param node its Node
    public IngressPublication(LiveViews views, String node) {
        services = views.of(BuiltinResources.SERVICES);
        slices = views.of(BuiltinResources.ENDPOINT_SLICES);
        classes = views.of(IngressResources.CLASSES);
        nodes = views.of(BuiltinResources.NODES, Query.ALL.where("metadata.name", node));
        this.node = node;
    }

    /// Makes what is missing; no write when all is there.
    ///
    /// @param addresses where this server listens, at most one per family
    /// @param values of the HelmChartConfig; what they leave open stays as the administrator has it
    /// @return what stands in the way, empty when nothing does
    /// @throws ApiFault when the API refuses; but for values that it does not take for a Service that is there, which
    ///         are told, and keep no server from being reached
    public String keep(ApiClient api, List<String> addresses, IngressValues values) {
        Optional<Obj> owner = nodes.get(Key.of(node));
        if (owner.isEmpty()) {
            return "waiting for the Node " + node;
        }
        Optional<Obj> service = services.get(SERVICE);
        String refused = "";
        if (!marked(classes.get(CLASS), values)) {
            api.patch(IngressResources.CLASSES, CLASS, new Patch.Apply(ingressClass(values)), OURS);
        }
        if (service.filter(s -> !s.spec().struct("selector").isEmpty()).isEmpty() && !marked(service, values)) {
            refused = apply(api, service.isPresent(), values);
        } else if (!service.orElseThrow().spec().struct("selector").isEmpty()) {
            withdraw(api, node, slices);
            return "Service " + SERVICE + " selects pods: delete it, or leave it its work and use --disable="
                    + IngressObjects.NAME;
        }
        for (String address : addresses) {
            Struct wanted = slice(owner.get(), address);
            Key key = key(node, address.contains(":"));
            if (slices.get(key).filter(s -> holds(s.tree(), wanted)).isEmpty()) {
                api.patch(BuiltinResources.ENDPOINT_SLICES, key, new Patch.Apply(wanted), OURS);
            }
        }
        return refused;
    }

    private String apply(ApiClient api, boolean there, IngressValues values) {
        try {
            api.patch(BuiltinResources.SERVICES, SERVICE, new Patch.Apply(service(values)), OURS);
            return "";
        } catch (ApiFault e) {
            if (!there || e.code() != UNPROCESSABLE) {
                throw e;
            }
            return "Service " + SERVICE + " cannot be as the HelmChartConfig has it: " + e.getMessage();
        }
    }

    /// Whether an object is there and was last written for the same wishes.
    private static boolean marked(Optional<Obj> object, IngressValues values) {
        return object.isPresent() && object.get().annotations().getOrDefault(VALUES, "").equals(values.mark());
    }

    private static Struct annotations(IngressValues values) {
        return values.mark().isEmpty() ? RELEASE : RELEASE.with(VALUES, values.mark());
    }

    private static boolean holds(Struct there, Struct wanted) {
        return there.struct("metadata").seq("ownerReferences").equals(wanted.struct("metadata").seq("ownerReferences"))
                && there.seq("endpoints").equals(wanted.seq("endpoints"))
                && there.seq("ports").structs().stream().map(p -> p.whole("port", 0)).sorted().toList()
                        .equals(wanted.seq("ports").structs().stream().map(p -> p.whole("port", 0)).sorted().toList());
    }

    /// Deletes the slices of this server.
    public void withdraw(ApiClient api) {
        withdraw(api, node, slices);
    }

    private static void withdraw(ApiClient api, String node, LiveView slices) {
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (slices.get(key(node, ipv6)).isPresent()) {
                delete(api, BuiltinResources.ENDPOINT_SLICES, key(node, ipv6));
            }
        }
    }

    static void delete(ApiClient api, Gvr resource, Key key) {
        try {
            api.delete(resource, key, DeleteOptions.PLAIN);
        } catch (ApiFault e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    /// Whether requests may be sent to the server of a Node: unless its kubelet has stopped reporting. One that says
    /// itself that it is not ready, as without its runtime, is there, and so are its listeners.
    static boolean ready(Obj node) {
        return Conditions.find(node.status().seq("conditions"), "Ready")
                .filter(c -> c.text("status").equals("Unknown")).isEmpty();
    }

    /// What a slice says of a server. All who write it have it from its Node, so that none undoes what another says.
    static Struct conditions(boolean ready) {
        return Struct.of("ready", ready, "serving", ready, "terminating", false);
    }

    /// The port on which servers listen: below those that the kernel and node ports use.
    public static int listening(EntryPoint entryPoint) {
        return 20_000 + entryPoint.port();
    }

    static Key key(String node, boolean ipv6) {
        return new Key(SERVICE.namespace(), SERVICE.name() + "-" + node + (ipv6 ? "-ipv6" : ""));
    }

    private static Struct ingressClass(IngressValues values) {
        return Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "IngressClass", "metadata",
                Struct.of("name", CLASS.name(), "labels", LABELS, "annotations",
                        annotations(values).with("ingressclass.kubernetes.io/is-default-class",
                                Boolean.toString(values.defaultClass()))),
                "spec", Struct.of("controller", IngressObjects.CONTROLLER));
    }

    private static Struct service(IngressValues values) {
        Struct nodePorts = values.service().struct(ServiceValues.NODE_PORTS);
        Seq ports = Seq.copyOf(Arrays.stream(EntryPoint.values()).map(e -> Struct.builder().put("name", e.label())
                .put("protocol", "TCP").put("port", values.port(e)).put("targetPort", e.label())
                .putUnlessEmpty("nodePort", nodePorts.get(e.label())).build()).toList());
        Struct.Builder spec = Struct.of("type", "LoadBalancer", "ipFamilyPolicy", "PreferDualStack").toBuilder();
        values.service().struct(ServiceValues.SPEC).forEach(spec::put);
        Struct metadata = Struct.of("name", SERVICE.name(), "namespace", SERVICE.namespace(), "labels",
                over(LABELS, values.service().struct(ServiceValues.LABELS)), "annotations",
                over(annotations(values), values.service().struct(ServiceValues.ANNOTATIONS)));
        return Struct.of("apiVersion", "v1", "kind", "Service", "metadata", metadata, "spec",
                spec.put("ports", ports).build());
    }

    /// Whoever asks for more has it; what is ours stays.
    private static Struct over(Struct ours, Struct more) {
        Struct.Builder all = more.toBuilder();
        ours.forEach(all::put);
        return all.build();
    }

    /// A request stays on the node it came to where that is a server: there the client's address is kept. Other nodes
    /// forward to any server.
    private Struct slice(Obj owner, String address) {
        Struct endpoint = Struct.of("addresses", Seq.of(address), "conditions", conditions(ready(owner)), "hints",
                Struct.of("forNodes", Seq.of(Struct.of("name", node))), "nodeName", node);
        Struct reference = Struct.of("apiVersion", "v1", "kind", "Node", "name", owner.name(), "uid", owner.uid());
        Seq ports = Seq.copyOf(Arrays.stream(EntryPoint.values())
                .map(e -> Struct.of("name", e.label(), "protocol", "TCP", "port", listening(e))).toList());
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", key(node, address.contains(":")).name(), "namespace", SERVICE.namespace(), "labels",
                        Struct.copyOf(SLICE_LABELS), "ownerReferences", Seq.of(reference)),
                "addressType", FAMILIES.get(address.contains(":") ? 1 : 0), "endpoints", Seq.of(endpoint), "ports",
                ports);
    }
}
