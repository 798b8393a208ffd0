package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The subresource `resize`: only resources change, of containers and of the pod as a whole. Pure.
final class PodResize {
    private PodResize() {
    }

    /// The old spec with the resources and resize policies of the new one. A list with other container names is kept
    /// as requested, so that validation refuses it.
    static Struct resized(Struct before, Struct wanted) {
        Struct spec = before;
        for (String list : new String[] {"containers", "initContainers"}) {
            Seq news = wanted.seq(list);
            Map<String, Struct> wishes = new HashMap<>();
            news.structs().forEach(c -> wishes.putIfAbsent(c.text("name"), c));
            spec = names(news).equals(names(before.seq(list)))
                    ? Fill.each(spec, list, c -> taken(c, wishes.getOrDefault(c.text("name"), Struct.EMPTY)))
                    : spec.with(list, news);
        }
        return wanted.has("resources") ? spec.with("resources", wanted.struct("resources")) : spec.without("resources");
    }

    /// The container names, in order.
    static List<String> names(Seq containers) {
        return containers.structs().stream().map(c -> c.text("name")).toList();
    }

    private static Struct taken(Struct container, Struct wanted) {
        Struct c = wanted.has("resources") ? container.with("resources", wanted.struct("resources")) : container;
        return wanted.has("resizePolicy") ? c.with("resizePolicy", wanted.seq("resizePolicy")) : c;
    }

    /// Checks a resize, but for the pod as a whole.
    ///
    /// @param p the root
    static void check(Struct before, Struct pod, Problems p) {
        if (before.struct("metadata").struct("annotations").has(PodUpdate.MIRROR)) {
            p.forbidden("static pods cannot be resized");
            return;
        }
        if (before.struct("spec").struct("os").text("name").equals("windows")) {
            p.forbidden("windows pods cannot be resized");
            return;
        }
        Struct spec = pod.struct("spec");
        String quality = before.struct("status").text("qosClass");
        if (!(quality.isEmpty() ? Quality.of(before.struct("spec")) : quality).equals(Quality.of(spec))) {
            p.at("spec").invalid(pod.struct("status").text("qosClass"),
                    "Pod QOS Class may not change as a result of resizing");
        }
        if (!told(before.struct("status").seq("containerStatuses"))) {
            p.at("spec").forbidden("Pod running on node without support for resize");
        }
        containers(before.struct("spec"), spec, p.at("spec"));
    }

    /// Whether the node tells what containers got, as one does that can resize them; true while none runs.
    private static boolean told(Seq statuses) {
        return statuses.structs().stream().filter(c -> c.struct("state").has("running")).findFirst()
                .map(c -> c.has("resources")).orElse(true);
    }

    private static void containers(Struct old, Struct spec, Problems p) {
        boolean same = sameNames(old, spec, "containers", p);
        if (!sameNames(old, spec, "initContainers", p) || !same) {
            return;
        }
        ofPod(old, spec, p);
        for (String list : List.of("containers", "initContainers")) {
            for (int i = 0; i < spec.seq(list).size(); i++) {
                Problems at = p.at(list, i);
                removed(old.seq(list).struct(i).struct("resources"), spec.seq(list).struct(i).struct("resources"),
                        "resource ", at.at("resources"));
                if (list.equals("initContainers")) {
                    init(old.seq(list).struct(i), spec.seq(list).struct(i), at);
                }
            }
        }
        Struct kept = withoutResources(old).without("initContainers");
        if (!kept.equals(withoutResources(spec).without("initContainers"))) {
            p.forbidden("only cpu and memory resources are mutable");
        }
    }

    /// The resources of the pod as a whole.
    private static void ofPod(Struct old, Struct spec, Problems p) {
        Struct before = old.struct("resources");
        Struct now = spec.struct("resources");
        if (old.has("resources") && !spec.has("resources")) {
            p.at("resources").forbidden("pod-level resources cannot be removed");
            return;
        }
        removed(before, now, "pod-level resource ", p.at("resources"));
        if (!fixed(before).equals(fixed(now))) {
            p.forbidden("only cpu and memory resources are mutable at pod-level");
        }
    }

    private static void init(Struct old, Struct now, Problems p) {
        if (!old.with("resources", fixed(old.struct("resources")))
                .equals(now.with("resources", fixed(now.struct("resources"))))) {
            p.forbidden("only cpu and memory resources for init or sidecar containers are mutable");
        }
        boolean restarts = now.seq("resizePolicy").structs().stream()
                .anyMatch(r -> r.text("restartPolicy").equals("RestartContainer"));
        if (restarts && !now.text("restartPolicy").equals("Always") && !old.equals(now)) {
            p.forbidden("non-sidecar init containers with a resize policy of RestartContainer cannot be resized");
        }
    }

    /// @return whether a list has the containers it had, in the same order
    private static boolean sameNames(Struct old, Struct spec, String list, Problems p) {
        List<String> before = names(old.seq(list));
        List<String> after = names(spec.seq(list));
        if (before.size() != after.size()) {
            p.at(list).forbidden(list + " may not be added or removed on resize");
            return false;
        }
        for (int i = 0; i < after.size(); i++) {
            if (!after.get(i).equals(before.get(i))) {
                p.at(list, i).at("name").forbidden(list + " may not be renamed or reordered on resize");
            }
        }
        return before.equals(after);
    }

    private static void removed(Struct old, Struct now, String what, Problems p) {
        for (String kind : List.of("requests", "limits")) {
            if (!old.struct(kind).names().stream().allMatch(now.struct(kind)::has)) {
                p.at(kind).forbidden(what + kind + " cannot be removed");
            }
        }
    }

    /// The spec without the fields that a resize may change, but for those of init containers.
    private static Struct withoutResources(Struct spec) {
        return Fill.each(spec.without("resources"), "containers",
                c -> c.with("resources", fixed(c.struct("resources"))));
    }

    /// Resources without the amounts that a resize may change.
    private static Struct fixed(Struct resources) {
        Struct.Builder b = resources.toBuilder();
        for (String kind : List.of("requests", "limits")) {
            b.remove(kind);
            b.putUnlessEmpty(kind, resources.struct(kind).without("cpu").without("memory"));
        }
        return b.build();
    }
}
