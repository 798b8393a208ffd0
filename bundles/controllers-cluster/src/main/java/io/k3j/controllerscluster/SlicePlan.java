package io.k3j.controllerscluster;

import io.k3j.controllerkit.Pods;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Which endpoint slices a service shall have, close to those it has. Pure.
///
/// @param create new slices
/// @param update changed ones
/// @param delete superfluous ones
record SlicePlan(List<Obj> create, List<Obj> update, List<Obj> delete) {
    /// Endpoints in one slice at most.
    static final int MOST = 100;
    static final String SERVICE = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /// What all endpoints of a slice have in common.
    record Group(String family, Seq ports) {
    }

    /// From the endpoints wanted, by what they have in common, and the slices there are.
    static SlicePlan of(Map<Group, List<Struct>> wanted, List<Obj> present, Function<Group, Obj> fresh) {
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
                (group, endpoints) -> plan.fill(endpoints, known.getOrDefault(group, List.of()), fresh.apply(group)));
        return plan;
    }

    static Group group(Obj slice) {
        return new Group(slice.tree().text("addressType"), slice.tree().seq("ports"));
    }

    private void fill(List<Struct> endpoints, List<Obj> slices, Obj fresh) {
        Map<String, Struct> left = new LinkedHashMap<>();
        endpoints.forEach(e -> left.put(identity(e), e));
        List<List<Struct>> kept = new ArrayList<>();
        for (Obj slice : slices) {
            List<Struct> here = new ArrayList<>();
            for (Struct old : slice.tree().seq("endpoints").structs()) {
                Struct now = left.remove(identity(old));
                if (now != null) {
                    here.add(now);
                }
            }
            kept.add(here);
        }
        List<Struct> more = new ArrayList<>(left.values());
        for (int i = 0; i < slices.size(); i++) {
            settle(slices.get(i), kept.get(i), more, fresh, slices.size() == 1 && endpoints.isEmpty());
        }
        while (!more.isEmpty() || slices.isEmpty() && endpoints.isEmpty() && create.isEmpty()) {
            create.add(fresh.with(taken(new ArrayList<>(), more), "endpoints"));
            if (more.isEmpty()) {
                return;
            }
        }
    }

    private void settle(Obj slice, List<Struct> here, List<Struct> more, Obj fresh, boolean keepEmpty) {
        Seq endpoints = taken(here, more);
        if (endpoints.isEmpty() && !keepEmpty) {
            delete.add(slice);
            return;
        }
        Obj next = slice.with(endpoints, "endpoints").with(fresh.metadata().struct("labels"), "metadata", "labels");
        if (!next.tree().equals(slice.tree())) {
            update.add(next);
        }
    }

    private static Seq taken(List<Struct> here, List<Struct> more) {
        while (here.size() < MOST && !more.isEmpty()) {
            here.add(more.removeFirst());
        }
        return Seq.copyOf(here);
    }

    private static String identity(Struct endpoint) {
        String uid = endpoint.struct("targetRef").text("uid");
        return uid.isEmpty() ? endpoint.seq("addresses").toString() : uid;
    }

    /// One pod as an endpoint of a family.
    static Struct endpoint(Obj service, Obj pod, String family, String zone) {
        boolean serving = Pods.ready(pod);
        boolean ready = ServicePods.publishesNotReady(service) || serving && !pod.terminating();
        return Struct.builder().put("addresses", Seq.of(ServicePods.address(pod, family)))
                .put("conditions", Struct.of("ready", ready, "serving", serving, "terminating", pod.terminating()))
                .putUnlessEmpty("hostname", ServicePods.hostname(service, pod))
                .put("targetRef", ServicePods.target(pod)).putUnlessEmpty("nodeName", Pods.node(pod))
                .putUnlessEmpty("zone", zone).build();
    }
}
