package io.k3j.endpointcontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reconciles the EndpointSlices of Services with a selector:
/// <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/>.
final class EndpointSlices implements Reconciler {
    static final String CONTROLLER = "endpointslice-controller.k8s.io";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";

    private final LiveView services;
    private final LiveView pods;
    private final LiveView slices;
    private final LiveView nodes;
    private final TopologyHints hints;
    private final TimeSource clock;
    private final Events events;
    private final int most;

    private EndpointSlices(ControllerContext context, int most) {
        this.most = most;
        this.services = context.views().of(BuiltinResources.SERVICES);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.slices = indexed(context.views().of(BuiltinResources.ENDPOINT_SLICES));
        this.hints = new TopologyHints(context);
        this.clock = context.clock();
        this.events = context.events("endpoint-slice-controller", "endpointslice-controller");
    }

    /// Adds the index `service` to a view of slices: the key of their Service.
    static LiveView indexed(LiveView slices) {
        return slices.index("service", s -> {
            String name = s.labels().getOrDefault(SlicePlan.SERVICE, "");
            return name.isEmpty() ? List.of() : List.of(s.namespace() + "/" + name);
        });
    }

    static void add(ControllerContext context) {
        begin(context, SlicePlan.MAX_ENDPOINTS);
    }

    /// @param most endpoints that are put into one slice
    static void begin(ControllerContext context, int most) {
        EndpointSlices all = new EndpointSlices(context, most);
        Controller loop = context.loop("endpointslice-controller", "endpointslice-controller", 5, all)
                .on(all.services)
                .on(all.pods, ServicePods::read, Selected.by(all.services, EndpointSlices::selector)).reads(all.nodes)
                .on(all.slices,
                        s -> managedHere(s) ? List
                                .of(new Key(s.namespace(), Objects.requireNonNull(s.labels().get(SlicePlan.SERVICE))))
                                : List.of());
        all.hints.onNodes(loop.queue()::add);
    }

    static Selector selector(Obj service) {
        return ServicePods.managed(service)
                ? Selector.ofLabels(service.spec().struct("selector").texts())
                : Selector.NOTHING;
    }

    private static boolean managedHere(Obj slice) {
        return CONTROLLER.equals(slice.labels().get(SlicePlan.MANAGED_BY))
                && slice.labels().containsKey(SlicePlan.SERVICE);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = services.get(key);
        if (found.isEmpty() || !ServicePods.managed(found.get())) {
            hints.forget(key);
            return Requeue.NEVER;
        }
        Obj service = found.get();
        Map<Boolean, List<Obj>> present = slices.by("service", key.toString()).stream()
                .filter(EndpointSlices::managedHere).filter(s -> !s.terminating())
                .collect(Collectors.partitioningBy(s -> owned(s, service)));
        SlicePlan plan = plan(service, present.getOrDefault(true, List.of())).recycled();
        if (service.terminating()) {
            // the garbage collector is about to delete what there is
            plan.create().clear();
        }
        plan.delete().addAll(present.getOrDefault(false, List.of()));
        try {
            plan.apply(writer, this::withTriggerTime);
        } catch (ApiFault fault) {
            // that somebody else was faster is nothing to be told
            if (!fault.reason().equals("Conflict")) {
                events.warning(service, "FailedToUpdateEndpointSlices",
                        "Error updating Endpoint Slices for Service " + key + ": " + fault.getMessage());
            }
            throw fault;
        }
        return Requeue.NEVER;
    }

    private SlicePlan plan(Obj service, List<Obj> present) {
        Map<SlicePlan.Group, List<Struct>> wanted = wanted(service);
        if (!TopologyHints.asked(service)) {
            hints.withdrawn(service);
            return SlicePlan.of(wanted, present, g -> newSlice(service, g), (before, now) -> now, most);
        }
        return hints.add(service,
                SlicePlan.of(wanted, present, g -> newSlice(service, g), TopologyHints::kept, most), present);
    }

    /// Those of an earlier Service with the name lead to what that one selected.
    private static boolean owned(Obj slice, Obj service) {
        return slice.metadata().seq("ownerReferences").structs().stream()
                .anyMatch(o -> o.text("uid").equals(service.uid()));
    }

    private Map<SlicePlan.Group, List<Struct>> wanted(Obj service) {
        Map<SlicePlan.Group, List<Struct>> groups = new LinkedHashMap<>();
        Selector selector = selector(service);
        List<Obj> backends = pods.list(service.namespace()).stream().filter(p -> selector.matches(p.labels()))
                .filter(ServicePods::addressable).sorted(Comparator.comparing(Obj::name)).toList();
        for (String family : ServicePods.families(service)) {
            for (Obj pod : backends) {
                if (!ServicePods.address(pod, family).isEmpty()) {
                    SlicePlan.Group group = new SlicePlan.Group(family, ServicePods.ports(service, pod));
                    groups.computeIfAbsent(group, g -> new ArrayList<>())
                            .add(SlicePlan.endpoint(service, pod, family, zone(pod)));
                }
            }
            if (groups.keySet().stream().noneMatch(g -> g.family().equals(family))) {
                groups.put(new SlicePlan.Group(family, Seq.EMPTY), List.of());
            }
        }
        return groups;
    }

    private String zone(Obj pod) {
        return nodes.get(Key.of(Pods.node(pod))).map(n -> n.labels().getOrDefault("topology.kubernetes.io/zone", ""))
                .orElse("");
    }

    private Obj withTriggerTime(Obj slice) {
        return slice.with(Times.seconds(clock.instant()), "metadata", "annotations", TRIGGER);
    }

    private static Obj newSlice(Obj service, SlicePlan.Group group) {
        Struct.Builder labels = Struct.builder();
        service.labels().forEach(labels::put);
        labels.put(SlicePlan.MANAGED_BY, CONTROLLER).put(SlicePlan.SERVICE, service.name());
        labels.remove(HEADLESS);
        if (ServicePods.headless(service)) {
            labels.put(HEADLESS, "");
        }
        Struct metadata = Struct.of("generateName", service.name() + "-", "namespace", service.namespace(), "labels",
                labels.build(), "ownerReferences", Seq.of(service.ownerReference()));
        return Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata", metadata,
                "addressType", group.family(), "ports", group.ports()));
    }
}
