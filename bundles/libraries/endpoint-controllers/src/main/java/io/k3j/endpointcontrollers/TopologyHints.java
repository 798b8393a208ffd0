package io.k3j.endpointcontrollers;

import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.endpointcontrollers.ZoneCapacity.Answer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Hints of Services with the annotation `service.kubernetes.io/topology-mode: Auto`: which zone each endpoint is
/// meant for, by the share of CPU of each zone, or none at all, with the reason in an Event; upstream's
/// `TopologyCache.AddHints`. Any thread, one at a time for a Service.
final class TopologyHints {
    private static final String MODE = "service.kubernetes.io/topology-mode";
    /// The older name, which counts first.
    private static final String AWARE_HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final Set<String> ON = Set.of("Auto", "auto");
    private static final String ENABLED = "TopologyAwareHintsEnabled";
    private static final String DISABLED = "TopologyAwareHintsDisabled";
    private static final String ASKING = "topology-mode";

    private final LiveView services;
    private final LiveView nodes;
    private final Events events;
    /// What of each node counts. Kept, for every pass of a Service needs all of them.
    private final Map<Key, ZoneCapacity.Part> parts = new ConcurrentHashMap<>();
    /// Services that have hints by now.
    private final Set<Key> hinted = ConcurrentHashMap.newKeySet();

    TopologyHints(ControllerContext context) {
        this.services = context.views().of(BuiltinResources.SERVICES).index(ASKING,
                s -> asked(s) ? List.of(ASKING) : List.of());
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.events = context.events("endpoint-slice-controller", "endpointslice-controller");
    }

    /// Whether a Service asks for hints.
    static boolean asked(Obj service) {
        Map<String, String> annotations = service.annotations();
        return ON.contains(annotations.getOrDefault(AWARE_HINTS, annotations.getOrDefault(MODE, "")));
    }

    /// An endpoint as it is now, with the zones it was meant for.
    static Struct kept(Struct before, Struct now) {
        Seq zones = before.struct("hints").seq("forZones");
        return zones.isEmpty() || !HintAllocation.isReady(now) ? now : now.with("hints", Struct.of("forZones", zones));
    }

    /// Follows the nodes, and tells of every Service that asks for hints whenever one changes in what counts for them.
    /// To be called once, before the first client is attached.
    void onNodes(Consumer<Key> due) {
        nodes.listen((before, after) -> {
            if (after != null ? counted(after) : before != null && parts.remove(before.key()) != null) {
                services.by(ASKING, ASKING).forEach(s -> due.accept(s.key()));
            }
        });
    }

    /// @return whether it counts for something else than before
    private boolean counted(Obj node) {
        ZoneCapacity.Part part = ZoneCapacity.Part.of(node);
        return !Objects.equals(part, parts.put(node.key(), part));
    }

    /// The plan with hints, or without any where they would do harm.
    SlicePlan add(Obj service, SlicePlan plan, Collection<Obj> present) {
        SlicePlan next = new SlicePlan(new ArrayList<>(), new ArrayList<>(), plan.delete());
        Set<Key> changed = changed(plan);
        // which of them stay depends on their order
        List<Obj> unchanged = present.stream().filter(s -> !changed.contains(s.key()))
                .sorted(Comparator.comparing(Obj::name)).toList();
        for (String family : ServicePods.families(service)) {
            FamilySlices slices = FamilySlices.of(family, plan.create(), plan.update(), unchanged);
            add(service, family, slices);
            next.create().addAll(slices.create());
            next.update().addAll(slices.update());
        }
        Map<Key, Struct> before = present.stream().collect(Collectors.toMap(Obj::key, Obj::tree));
        next.update().removeIf(s -> s.tree().equals(before.get(s.key())));
        return next;
    }

    /// A Service that asks for no hints any more.
    void withdrawn(Obj service) {
        if (hinted.remove(service.key())) {
            disabled(service, ServicePods.families(service).getFirst(), "Topology Aware Hints has been disabled");
        }
    }

    /// A Service that has gone.
    void forget(Key service) {
        hinted.remove(service);
    }

    private void add(Obj service, String family, FamilySlices slices) {
        switch (ZoneCapacity.of(parts.values()).allocate(slices.ready())) {
            case Answer.Refused(String why) -> refuse(service, family, slices, why);
            case Answer.Allocated(SortedMap<String, ZoneCapacity.Allocation> zones) -> {
                if (slices.hint(new HintAllocation(zones))) {
                    enabled(service, family);
                } else {
                    refuse(service, family, slices, "One or more endpoints do not have a zone specified");
                }
            }
        }
    }

    private void refuse(Obj service, String family, FamilySlices slices, String why) {
        hinted.remove(service.key());
        slices.strip();
        disabled(service, family, why);
    }

    private void enabled(Obj service, String family) {
        if (hinted.add(service.key())) {
            events.normal(service, ENABLED, "Topology Aware Hints has been enabled, addressType: " + family);
        }
    }

    private void disabled(Obj service, String family, String why) {
        events.warning(service, DISABLED, why + ", addressType: " + family);
    }

    private static Set<Key> changed(SlicePlan plan) {
        Set<Key> keys = plan.update().stream().map(Obj::key).collect(Collectors.toSet());
        plan.delete().forEach(s -> keys.add(s.key()));
        return keys;
    }
}
