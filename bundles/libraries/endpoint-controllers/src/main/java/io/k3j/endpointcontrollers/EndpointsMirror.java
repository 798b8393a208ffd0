package io.k3j.endpointcontrollers;

import io.k3j.componenthelpers.Cidr;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Mirrors user-managed Endpoints of Services without a selector into EndpointSlices:
/// <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#mirroring>.
final class EndpointsMirror implements Reconciler {
    private static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";
    /// Annotations that speak of the Endpoints themselves.
    private static final Set<String> OWN = Set.of("endpoints.kubernetes.io/last-change-trigger-time",
            "kubectl.kubernetes.io/last-applied-configuration");
    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";

    /// Addresses of one subset that are mirrored, into one slice.
    private static final int MOST = 1_000;

    private final LiveView services;
    private final LiveView endpoints;
    private final LiveView slices;
    private final Events events;

    private EndpointsMirror(ControllerContext context) {
        this.events = context.events("endpoint-slice-mirroring-controller", "endpointslicemirroring-controller");
        this.services = context.views().of(BuiltinResources.SERVICES);
        this.endpoints = context.views().of(BuiltinResources.ENDPOINTS);
        this.slices = EndpointSlices.indexed(context.views().of(BuiltinResources.ENDPOINT_SLICES));
    }

    static void add(ControllerContext context) {
        EndpointsMirror all = new EndpointsMirror(context);
        context.loop("endpointslice-mirroring-controller", "endpointslicemirroring-controller", 5, all).on(all.services)
                .on(all.endpoints).on(all.slices, s -> managedHere(s)
                        ? List.of(new Key(s.namespace(), Objects.requireNonNull(s.labels().get(SlicePlan.SERVICE))))
                        : List.of());
    }

    private static boolean managedHere(Obj slice) {
        return CONTROLLER.equals(slice.labels().get(SlicePlan.MANAGED_BY));
    }

    private static boolean mirrored(Obj endpoints) {
        return !"true".equals(endpoints.labels().get(SKIP))
                && !endpoints.labels().containsKey(EndpointsObjects.MANAGED_BY)
                && !endpoints.annotations().containsKey("control-plane.alpha.kubernetes.io/leader");
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> source = endpoints.get(key).filter(EndpointsMirror::mirrored);
        Optional<Obj> service = services.get(key).filter(s -> s.spec().struct("selector").isEmpty());
        List<Obj> present = slices.by("service", key.toString()).stream().filter(EndpointsMirror::managedHere).toList();
        Map<SlicePlan.Group, List<Struct>> wanted = source.isPresent() && service.isPresent()
                ? groups(source.get())
                : Map.of();
        SlicePlan plan = SlicePlan.of(wanted, present, g -> newSlice(source.orElseThrow(), g), (before, now) -> now,
                MOST).recycled();
        if (source.filter(Obj::terminating).isPresent()) {
            plan.create().clear();
        }
        plan.apply(writer, UnaryOperator.identity());
        return Requeue.NEVER;
    }

    private Map<SlicePlan.Group, List<Struct>> groups(Obj endpoints) {
        Map<SlicePlan.Group, List<Struct>> groups = new LinkedHashMap<>();
        long skipped = 0;
        for (Struct subset : endpoints.tree().seq("subsets").structs()) {
            Seq ports = Seq.copyOf(subset.seq("ports").structs().stream()
                    .map(p -> Struct.builder().put("name", p.text("name")).put("port", p.whole("port", 0))
                            .put("protocol", p.text("protocol", "TCP"))
                            .putUnlessEmpty("appProtocol", p.text("appProtocol")).build())
                    .toList());
            List<Struct> ready = subset.seq("addresses").structs();
            List<Struct> notReady = subset.seq("notReadyAddresses").structs();
            ready.stream().limit(MOST).forEach(a -> add(groups, ports, a, true));
            notReady.stream().limit(Math.max(0, MOST - ready.size())).forEach(a -> add(groups, ports, a, false));
            skipped += Math.max(0, ready.size() + notReady.size() - MOST);
        }
        if (skipped > 0) {
            events.warning(endpoints, "TooManyAddressesToMirror", "A max of " + MOST + " addresses can be mirrored to"
                    + " EndpointSlices per Endpoints subset. " + skipped + " addresses were skipped");
        }
        return groups;
    }

    private static void add(Map<SlicePlan.Group, List<Struct>> groups, Seq ports, Struct address, boolean ready) {
        String ip = canonical(address.text("ip"));
        String family = ip.indexOf(':') >= 0 ? "IPv6" : "IPv4";
        groups.computeIfAbsent(new SlicePlan.Group(family, ports), g -> new ArrayList<>())
                .add(Struct.builder().put("addresses", Seq.of(ip))
                        .put("conditions", Struct.of("ready", ready))
                        .putUnlessEmpty("hostname", address.text("hostname"))
                        .putUnlessEmpty("nodeName", address.text("nodeName"))
                        .putUnlessEmpty("targetRef", address.struct("targetRef")).build());
    }

    /// The only spelling that slices take. What is no address stays, for the API server to refuse.
    private static String canonical(String ip) {
        try {
            return ip.indexOf(':') >= 0 ? Cidr.text(InetAddress.ofLiteral(ip)) : ip;
        } catch (IllegalArgumentException e) {
            return ip;
        }
    }

    private static Obj newSlice(Obj endpoints, SlicePlan.Group group) {
        Struct.Builder labels = Struct.builder();
        endpoints.labels().forEach(labels::put);
        Struct.Builder annotations = Struct.builder();
        endpoints.annotations().forEach((name, value) -> {
            if (!OWN.contains(name)) {
                annotations.put(name, value);
            }
        });
        labels.put(SlicePlan.MANAGED_BY, CONTROLLER).put(SlicePlan.SERVICE, endpoints.name());
        Struct metadata = Struct.of("generateName", endpoints.name() + "-", "namespace", endpoints.namespace(),
                "labels",
                labels.build(), "ownerReferences", Seq.of(endpoints.ownerReference()));
        metadata = annotations.build().isEmpty() ? metadata : metadata.with("annotations", annotations.build());
        return Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata", metadata,
                "addressType", group.family(), "ports", group.ports()));
    }
}
