package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// On which nodes the pods of a DaemonSet belong:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled>. Pure.
final class DaemonNodes {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

    /// How a node and a daemon stand: whether a pod shall be started there, and whether one may stay.
    record Fit(boolean run, boolean stay) {
    }

    private DaemonNodes() {
    }

    static Fit fit(Struct template, Obj node) {
        Struct spec = template.struct("spec");
        String name = spec.text("nodeName");
        boolean wanted = (name.isEmpty() || name.equals(node.name())) && selected(spec, node);
        if (!wanted) {
            return new Fit(false, false);
        }
        Seq tolerations = tolerations(spec);
        boolean run = true;
        boolean stay = true;
        for (Struct taint : node.spec().seq("taints").structs()) {
            if (!tolerated(tolerations, taint)) {
                run &= taint.text("effect").equals("PreferNoSchedule");
                stay &= !taint.text("effect").equals("NoExecute");
            }
        }
        return new Fit(run, stay);
    }

    private static boolean selected(Struct spec, Obj node) {
        Map<String, String> labels = node.labels();
        for (Map.Entry<String, String> e : spec.struct("nodeSelector").texts().entrySet()) {
            if (!e.getValue().equals(labels.get(e.getKey()))) {
                return false;
            }
        }
        Struct affinity = spec.struct("affinity").struct("nodeAffinity");
        return !affinity.has(REQUIRED) || affinity.struct(REQUIRED).seq("nodeSelectorTerms").structs().stream()
                .anyMatch(t -> matches(t, node, labels));
    }

    private static boolean matches(Struct term, Obj node, Map<String, String> labels) {
        boolean some = !term.seq("matchExpressions").isEmpty() || !term.seq("matchFields").isEmpty();
        return some && selector(term.seq("matchExpressions")).matches(labels)
                && selector(term.seq("matchFields")).matches(Map.of("metadata.name", node.name()));
    }

    private static Selector selector(Seq requirements) {
        return new Selector(requirements.structs().stream().map(r -> new Selector.Requirement(r.text("key"),
                Selector.operator(r.text("operator")), new TreeSet<>(r.seq("values").texts()))).toList());
    }

    private static boolean tolerated(Seq tolerations, Struct taint) {
        return tolerations.structs().stream().anyMatch(t -> {
            boolean effect = t.text("effect").isEmpty() || t.text("effect").equals(taint.text("effect"));
            boolean key = t.text("key").isEmpty() || t.text("key").equals(taint.text("key"));
            return effect && key
                    && (t.text("operator").equals("Exists") || t.text("value").equals(taint.text("value")));
        });
    }

    /// The template's tolerations and those every daemon pod has.
    static Seq tolerations(Struct spec) {
        List<Object> all = new ArrayList<>();
        spec.seq("tolerations").forEach(all::add);
        all.add(toleration("not-ready", "NoExecute"));
        all.add(toleration("unreachable", "NoExecute"));
        for (String pressure : List.of("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")) {
            all.add(toleration(pressure, "NoSchedule"));
        }
        if (spec.flag("hostNetwork")) {
            all.add(toleration("network-unavailable", "NoSchedule"));
        }
        return Seq.copyOf(all.stream().distinct().toList());
    }

    private static Struct toleration(String key, String effect) {
        return Struct.of("key", "node.kubernetes.io/" + key, "operator", "Exists", "effect", effect);
    }

    /// The template's spec for one node only.
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

    /// The node a daemon pod is for: where it is, or else what it is pinned to.
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
