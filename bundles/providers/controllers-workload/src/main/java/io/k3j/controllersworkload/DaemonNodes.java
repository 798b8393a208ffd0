package io.k3j.controllersworkload;

import io.k3j.componenthelpers.RequiredNodeAffinity;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Decides on which nodes the pods of a DaemonSet run:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled>. Pure.
final class DaemonNodes {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

    /// Whether a daemon pod should run on a node, and whether a running one may stay.
    record Fit(boolean run, boolean stay) {
    }

    private DaemonNodes() {
    }

    static Fit fit(Struct template, Obj node) {
        Struct spec = template.struct("spec");
        String name = spec.text("nodeName");
        boolean wanted = (name.isEmpty() || name.equals(node.name()))
                && RequiredNodeAffinity.of(spec).matches(node.name(), node.labels());
        if (!wanted) {
            return new Fit(false, false);
        }
        List<Toleration> tolerations = Toleration.of(tolerations(spec));
        boolean run = true;
        boolean stay = true;
        for (Taint taint : Taint.of(node.spec().seq("taints"))) {
            if (!Toleration.tolerated(tolerations, taint)) {
                run &= taint.effect().equals("PreferNoSchedule");
                stay &= !taint.effect().equals("NoExecute");
            }
        }
        return new Fit(run, stay);
    }

    /// The template's tolerations and those that every daemon pod has, which take the place of its own for the same
    /// taints: for ever, not for some seconds.
    static Seq tolerations(Struct spec) {
        List<Struct> all = new ArrayList<>(spec.seq("tolerations").structs());
        put(all, toleration("not-ready", "NoExecute"));
        put(all, toleration("unreachable", "NoExecute"));
        for (String pressure : List.of("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")) {
            put(all, toleration(pressure, "NoSchedule"));
        }
        if (spec.flag("hostNetwork")) {
            put(all, toleration("network-unavailable", "NoSchedule"));
        }
        return Seq.copyOf(all);
    }

    /// Upstream's `AddOrUpdateTolerationInPodSpec`.
    private static void put(List<Struct> all, Struct wanted) {
        Predicate<Struct> same = t -> Stream.of("key", "operator", "value", "effect")
                .allMatch(field -> t.text(field).equals(wanted.text(field)));
        if (all.stream().noneMatch(same)) {
            all.add(wanted);
        }
        all.replaceAll(t -> same.test(t) ? wanted : t);
    }

    private static Struct toleration(String key, String effect) {
        return Struct.of("key", "node.kubernetes.io/" + key, "operator", "Exists", "effect", effect);
    }

    /// The template's spec with node affinity for one node.
    static Struct pinned(Struct spec, String node) {
        Struct term = Struct.of("matchFields",
                Seq.of(Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of(node))));
        List<Struct> terms = new ArrayList<>();
        for (Struct given : spec.struct("affinity").struct("nodeAffinity").struct(REQUIRED).seq("nodeSelectorTerms")
                .structs()) {
            terms.add(given.with("matchFields", term.seq("matchFields")));
        }
        List<Struct> wanted = terms.isEmpty() ? List.of(term) : terms;
        return spec.withAt(wanted, "affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms")
                .with("tolerations", tolerations(spec));
    }

    /// The node of a daemon pod: its node name, or the one its affinity names.
    static String target(Obj pod) {
        String node = pod.spec().text("nodeName");
        if (!node.isEmpty()) {
            return node;
        }
        for (Struct term : pod.spec().struct("affinity").struct("nodeAffinity").struct(REQUIRED)
                .seq("nodeSelectorTerms")
                .structs()) {
            Struct field = term.seq("matchFields").find("key", "metadata.name");
            if (!field.isEmpty()) {
                return field.seq("values").text(0);
            }
        }
        return "";
    }
}
