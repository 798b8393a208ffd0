package io.k3j.endpointcontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The changes from the present to the desired EndpointSlices of a Service, with few writes.
///
/// @param create slices to create
/// @param update slices to update
/// @param delete slices to delete
record SlicePlan(List<Obj> create, List<Obj> update, List<Obj> delete) {
    /// Maximum of endpoints in one slice, unless another number is asked for.
    static final int MAX_ENDPOINTS = 100;
    static final String SERVICE = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    private static final String SAME_NODE = "PreferSameNode";
    private static final Set<String> CLOSE = Set.of("PreferClose", "PreferSameZone", SAME_NODE);

    /// The address family and ports that all endpoints of a slice share.
    record Group(String family, Seq ports) {
    }

    /// Computes the changes, with upstream's number of endpoints in one slice.
    static SlicePlan of(Map<Group, List<Struct>> wanted, List<Obj> present, Function<Group, Obj> template) {
        return of(wanted, present, template, (before, now) -> now, MAX_ENDPOINTS);
    }

    /// Computes the changes.
    ///
    /// @param kept what becomes of an endpoint that is in a slice already: from what it is there, and what is wanted
    /// @param most up to how many endpoints are put into one slice; one that has more keeps them
    static SlicePlan of(Map<Group, List<Struct>> wanted, List<Obj> present, Function<Group, Obj> template,
            BinaryOperator<Struct> kept, int most) {
        SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<Group, List<Obj>> known = new LinkedHashMap<>();
        present.stream().sorted(Comparator.comparing(Obj::name))
                .forEach(s -> known.computeIfAbsent(group(s), g -> new ArrayList<>()).add(s));
        known.forEach((group, slices) -> {
            if (!wanted.containsKey(group)) {
                plan.delete().addAll(slices);
            }
        });
        wanted.forEach(
                (group, endpoints) -> plan.fill(endpoints, known.getOrDefault(group, List.of()),
                        template.apply(group), kept, most));
        return plan;
    }

    /// Writes the changes, each slice transformed by `last`. In a terminating namespace creates are skipped.
    void apply(ExpectingWriter writer, UnaryOperator<Obj> last) {
        try {
            create.forEach(s -> writer.create(BuiltinResources.ENDPOINT_SLICES, last.apply(s)));
        } catch (ApiFault fault) {
            if (!namespaceGoes(fault)) {
                throw fault;
            }
        }
        update.forEach(s -> writer.update(BuiltinResources.ENDPOINT_SLICES, last.apply(s)));
        delete.forEach(s -> writer.delete(BuiltinResources.ENDPOINT_SLICES, s));
    }

    /// Whether a create was refused because its namespace goes or has gone: a retry cannot succeed.
    static boolean namespaceGoes(ApiFault fault) {
        return fault.code() == 404 || fault.namespaceTerminating();
    }

    static Group group(Obj slice) {
        return new Group(slice.tree().text("addressType"), slice.tree().seq("ports"));
    }

    private void fill(List<Struct> endpoints, List<Obj> slices, Obj template, BinaryOperator<Struct> kept,
            int most) {
        Map<String, Struct> unplaced = new LinkedHashMap<>();
        endpoints.forEach(e -> unplaced.put(identity(e), e));
        List<List<Struct>> placed = new ArrayList<>();
        for (Obj slice : slices) {
            List<Struct> endpointsHere = new ArrayList<>();
            for (Struct old : slice.tree().seq("endpoints").structs()) {
                Struct now = unplaced.remove(identity(old));
                if (now != null) {
                    endpointsHere.add(kept.apply(old, now));
                }
            }
            placed.add(endpointsHere);
        }
        List<Struct> more = new ArrayList<>(unplaced.values());
        for (int i = 0; i < slices.size(); i++) {
            fillSlice(slices.get(i), topUp(placed.get(i), more, most), template,
                    slices.size() == 1 && endpoints.isEmpty());
        }
        while (!more.isEmpty() || slices.isEmpty() && endpoints.isEmpty() && create.isEmpty()) {
            create.add(template.with(topUp(new ArrayList<>(), more, most), "endpoints"));
            if (more.isEmpty()) {
                return;
            }
        }
    }

    private void fillSlice(Obj slice, Seq endpoints, Obj template, boolean keepEmpty) {
        if (endpoints.isEmpty() && !keepEmpty) {
            delete.add(slice);
            return;
        }
        Obj next = slice.with(endpoints, "endpoints").with(template.metadata().struct("labels"), "metadata", "labels");
        // a template without annotations leaves those that are there
        next = template.annotations().isEmpty() ? next
                : next.with(template.metadata().struct("annotations"), "metadata", "annotations");
        if (!next.tree().equals(slice.tree())) {
            update.add(next);
        }
    }

    private static Seq topUp(List<Struct> endpointsHere, List<Struct> more, int most) {
        while (endpointsHere.size() < most && !more.isEmpty()) {
            endpointsHere.add(more.removeFirst());
        }
        return Seq.copyOf(endpointsHere);
    }

    /// Pods share an address on the network of their node, and one object may have several.
    private static String identity(Struct endpoint) {
        return endpoint.struct("targetRef").text("uid") + endpoint.seq("addresses");
    }

    /// A pod as an endpoint of an address family.
    static Struct endpoint(Obj service, Obj pod, String family, String zone) {
        boolean serving = Pods.ready(pod);
        boolean ready = ServicePods.publishesNotReady(service) || serving && !pod.terminating();
        return Struct.builder().put("addresses", Seq.of(ServicePods.address(pod, family)))
                .put("conditions", Struct.of("ready", ready, "serving", serving, "terminating", pod.terminating()))
                .putUnlessEmpty("hostname", ServicePods.hostname(service, pod))
                .put("targetRef", ServicePods.target(pod)).putUnlessEmpty("nodeName", Pods.node(pod))
                .putUnlessEmpty("zone", zone)
                .putUnlessEmpty("hints", ready ? hints(service, Pods.node(pod), zone) : Struct.EMPTY).build();
    }

    /// Whom an endpoint is meant for under `trafficDistribution`: those in its zone or on its node. The annotation of
    /// [TopologyHints] counts first.
    private static Struct hints(Obj service, String node, String zone) {
        if (TopologyHints.asked(service)) {
            return Struct.EMPTY;
        }
        String distribution = service.spec().text("trafficDistribution");
        Struct.Builder hints = Struct.builder();
        if (CLOSE.contains(distribution) && !zone.isEmpty()) {
            hints.put("forZones", Seq.of(Struct.of("name", zone)));
        }
        if (distribution.equals(SAME_NODE) && !node.isEmpty()) {
            hints.put("forNodes", Seq.of(Struct.of("name", node)));
        }
        return hints.build();
    }
}
