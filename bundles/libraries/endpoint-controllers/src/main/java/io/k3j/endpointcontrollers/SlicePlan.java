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
import java.util.Optional;
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

    /// A slice and what of its endpoints stays, which grows.
    private record Filling(Obj slice, List<Struct> here) {
    }

    /// As upstream's `reconcileByPortMapping`: endpoints that are new go where something changes anyway, the fullest
    /// slice first, then into the one slice that they fill best, else into new ones.
    private void fill(List<Struct> endpoints, List<Obj> slices, Obj template, BinaryOperator<Struct> kept,
            int most) {
        Map<String, Struct> unplaced = new LinkedHashMap<>();
        endpoints.forEach(e -> unplaced.put(identity(e), e));
        List<Filling> changed = new ArrayList<>();
        List<Filling> same = new ArrayList<>();
        for (Obj slice : slices) {
            Filling filling = new Filling(slice, new ArrayList<>());
            for (Struct old : slice.tree().seq("endpoints").structs()) {
                Struct now = unplaced.remove(identity(old));
                if (now != null) {
                    filling.here().add(kept.apply(old, now));
                }
            }
            (filled(slice, Seq.copyOf(filling.here()), template).tree().equals(slice.tree()) ? same : changed)
                    .add(filling);
        }
        place(new ArrayList<>(unplaced.values()), changed, same, template, most);
        changed.forEach(f -> put(f, template, slices.size() == 1 && endpoints.isEmpty()));
        same.forEach(f -> put(f, template, slices.size() == 1 && endpoints.isEmpty()));
        if (slices.isEmpty() && endpoints.isEmpty()) {
            create.add(template.with(Seq.EMPTY, "endpoints"));
        }
    }

    private void place(List<Struct> more, List<Filling> changed, List<Filling> same, Obj template, int most) {
        changed.stream().filter(f -> !f.here().isEmpty())
                .sorted(Comparator.comparingInt((Filling f) -> f.here().size()).reversed())
                .forEach(f -> topUp(f.here(), more, most));
        while (!more.isEmpty()) {
            int size = more.size();
            Optional<Filling> best = same.stream()
                    .filter(f -> size < most && !f.here().isEmpty() && f.here().size() + size <= most)
                    .max(Comparator.comparingInt(f -> f.here().size()));
            if (best.isPresent()) {
                topUp(best.get().here(), more, most);
            } else {
                create.add(template.with(topUp(new ArrayList<>(), more, most), "endpoints"));
            }
        }
    }

    private void put(Filling filling, Obj template, boolean keepEmpty) {
        Seq endpoints = Seq.copyOf(filling.here());
        Obj next = filled(filling.slice(), endpoints, template);
        if (endpoints.isEmpty() && !keepEmpty) {
            delete.add(filling.slice());
        } else if (!next.tree().equals(filling.slice().tree())) {
            update.add(next);
        }
    }

    private static Obj filled(Obj slice, Seq endpoints, Obj template) {
        Obj next = slice.with(endpoints, "endpoints").with(template.metadata().struct("labels"), "metadata", "labels");
        boolean owned = template.owners().stream()
                .allMatch(o -> slice.owners().stream().anyMatch(known -> known.text("uid").equals(o.text("uid"))));
        next = owned ? next : next.with(template.metadata().get("ownerReferences"), "metadata", "ownerReferences");
        // a template without annotations leaves those that are there
        return template.annotations().isEmpty() ? next
                : next.with(template.metadata().struct("annotations"), "metadata", "annotations");
    }

    /// The same where what would be made takes the place of what would go: clients see a slice change that had another
    /// name otherwise. Upstream's `recycleSlices`.
    SlicePlan recycled() {
        for (Obj old : List.copyOf(delete)) {
            Optional<Obj> made = create.reversed().stream()
                    .filter(s -> s.tree().text("addressType").equals(old.tree().text("addressType"))).findFirst();
            made.ifPresent(slice -> {
                create.remove(slice);
                delete.remove(old);
                update.add(filled(old, slice.tree().seq("endpoints"), slice).with(slice.tree().seq("ports"), "ports"));
            });
        }
        return this;
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
