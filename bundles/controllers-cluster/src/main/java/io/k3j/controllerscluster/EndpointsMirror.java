package io.k3j.controllerscluster;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Copies Endpoints that people wrote for services without a selector into endpoint slices:
/// <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#mirroring>.
final class EndpointsMirror implements Reconciler {
    private static final String CONTROLLER = "endpointslicemirroring-controller.k8s.io";
    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";

    private final LiveView services;
    private final LiveView endpoints;
    private final LiveView slices;

    private EndpointsMirror(Desk desk) {
        this.services = desk.views().of(Resources.SERVICES);
        this.endpoints = desk.views().of(Resources.ENDPOINTS);
        this.slices = EndpointSlices.indexed(desk.views().of(Resources.ENDPOINT_SLICES));
    }

    static void add(Desk desk) {
        EndpointsMirror all = new EndpointsMirror(desk);
        desk.loop("endpointslice-mirroring-controller", "endpointslicemirroring-controller", 1, all).on(all.services)
                .on(all.endpoints).on(all.slices, s -> ours(s)
                        ? List.of(new Key(s.namespace(), s.labels().get(SlicePlan.SERVICE)))
                        : List.of());
    }

    private static boolean ours(Obj slice) {
        return CONTROLLER.equals(slice.labels().get(SlicePlan.MANAGED_BY));
    }

    private static boolean mirrored(Obj endpoints) {
        return !"true".equals(endpoints.labels().get(SKIP))
                && !endpoints.labels().containsKey(EndpointsObjects.MANAGED_BY)
                && !endpoints.annotations().containsKey("control-plane.alpha.kubernetes.io/leader");
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> source = endpoints.get(key).filter(EndpointsMirror::mirrored);
        Optional<Obj> service = services.get(key).filter(s -> s.spec().struct("selector").isEmpty());
        List<Obj> present = slices.by("service", key.toString()).stream().filter(EndpointsMirror::ours).toList();
        boolean elsewhere = slices.by("service", key.toString()).stream().anyMatch(s -> !ours(s));
        Map<SlicePlan.Group, List<Struct>> wanted = source.isPresent() && service.isPresent() && !elsewhere
                ? groups(source.get())
                : Map.of();
        SlicePlan plan = SlicePlan.of(wanted, present, g -> fresh(source.orElseThrow(), g));
        plan.create().forEach(s -> writer.create(Resources.ENDPOINT_SLICES, s));
        plan.update().forEach(s -> writer.update(Resources.ENDPOINT_SLICES, s));
        plan.delete().forEach(s -> writer.delete(Resources.ENDPOINT_SLICES, s));
        return Again.NEVER;
    }

    private static Map<SlicePlan.Group, List<Struct>> groups(Obj endpoints) {
        Map<SlicePlan.Group, List<Struct>> groups = new LinkedHashMap<>();
        for (Struct subset : endpoints.tree().seq("subsets").structs()) {
            Seq ports = Seq.copyOf(subset.seq("ports").structs().stream()
                    .map(p -> Struct.builder().put("name", p.text("name")).put("port", p.whole("port", 0))
                            .put("protocol", p.text("protocol", "TCP"))
                            .putUnlessEmpty("appProtocol", p.text("appProtocol")).build())
                    .toList());
            subset.seq("addresses").structs().forEach(a -> add(groups, ports, a, true));
            subset.seq("notReadyAddresses").structs().forEach(a -> add(groups, ports, a, false));
        }
        return groups;
    }

    private static void add(Map<SlicePlan.Group, List<Struct>> groups, Seq ports, Struct address, boolean ready) {
        String family = address.text("ip").indexOf(':') >= 0 ? "IPv6" : "IPv4";
        groups.computeIfAbsent(new SlicePlan.Group(family, ports), g -> new ArrayList<>())
                .add(Struct.builder().put("addresses", Seq.of(address.text("ip")))
                        .put("conditions", Struct.of("ready", ready))
                        .putUnlessEmpty("hostname", address.text("hostname"))
                        .putUnlessEmpty("nodeName", address.text("nodeName"))
                        .putUnlessEmpty("targetRef", address.struct("targetRef")).build());
    }

    private static Obj fresh(Obj endpoints, SlicePlan.Group group) {
        Struct.Builder labels = Struct.builder();
        endpoints.labels().forEach(labels::put);
        labels.put(SlicePlan.MANAGED_BY, CONTROLLER).put(SlicePlan.SERVICE, endpoints.name());
        Struct metadata = Struct.of("generateName", endpoints.name() + "-", "namespace", endpoints.namespace(),
                "labels",
                labels.build(), "ownerReferences", Seq.of(endpoints.ownerReference()));
        return Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata", metadata,
                "addressType", group.family(), "ports", group.ports()));
    }
}
