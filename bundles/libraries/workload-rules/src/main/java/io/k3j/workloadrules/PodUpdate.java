package io.k3j.workloadrules;

import io.k3j.apimachinery.ValueKey;
import io.k3j.apiserverapi.Write;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Validates updates of existing pods. Pure.
final class PodUpdate {
    private static final String RULE = "pod updates may not change fields other than"
            + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
            + "`spec.tolerations` (only additions to existing tolerations),"
            + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private static final String DEADLINE = "activeDeadlineSeconds";
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private PodUpdate() {
    }

    /// Checks an update of the pod itself, of `ephemeralcontainers` or `resize`.
    static void check(Write write, Struct after, Problems p) {
        Struct old = write.before().orElse(Struct.EMPTY).struct("spec");
        Struct spec = after.struct("spec");
        switch (write.subresource()) {
            case "" -> podUpdate(old, spec, p.at("spec"));
            case "ephemeralcontainers" -> ephemeral(old, spec, p.at("spec"));
            case "resize" -> resize(old, spec, p.at("spec"));
            default -> {
            }
        }
    }

    /// Annotations by which a kubelet tells what a pod is, or how it is confined: fixed once the pod is there. A pod
    /// that became a mirror pod while it runs would be nobody's.
    static void annotations(Struct old, Struct pod, Problems p) {
        Struct before = old.struct("metadata").struct("annotations");
        Struct after = pod.struct("metadata").struct("annotations");
        TreeSet<String> names = new TreeSet<>(before.names());
        names.addAll(after.names());
        for (String name : names) {
            String what = name.equals(MIRROR) ? "mirror pod annotation"
                    : name.startsWith(APP_ARMOR) ? "AppArmor annotations" : "";
            if (!what.isEmpty() && !Objects.equals(before.get(name), after.get(name))) {
                p.at("metadata").at("annotations").key(name).forbidden(
                        before.has(name) ? "may not remove or update " + what : "may not add " + what);
            }
        }
    }

    private static void podUpdate(Struct old, Struct spec, Problems p) {
        if (!spec.equals(old)) {
            PodProblems.spec(unlessKept(old, spec), p);
        }
        for (String list : List.of("containers", "initContainers")) {
            if (old.seq(list).size() != spec.seq(list).size()) {
                p.at(list).forbidden("pod updates may not add or remove containers");
                return;
            }
        }
        if (!deadline(old, spec, p.at(DEADLINE))) {
            return;
        }
        tolerations(old.seq("tolerations"), spec.seq("tolerations"), p);
        schedulingGates(old.seq("schedulingGates"), spec.seq("schedulingGates"), p);
        if (gated(old)) {
            GatedPlacement.check(old, spec, p);
        }
        List<String> changed = changes(withOldMutableFields(old, old), withOldMutableFields(spec, old));
        if (!changed.isEmpty()) {
            p.forbidden(RULE + "\nchanged: " + String.join(", ", changed));
        }
    }

    private static boolean gated(Struct spec) {
        return !spec.seq("schedulingGates").isEmpty();
    }

    /// The spec with all mutable fields reset to their old values.
    private static Struct withOldMutableFields(Struct spec, Struct old) {
        Struct s = spec.without(DEADLINE).without("tolerations").without("schedulingGates");
        if (old.whole("terminationGracePeriodSeconds", 0) < 0 && spec.whole("terminationGracePeriodSeconds", 0) == 1) {
            s = s.with("terminationGracePeriodSeconds", old.get("terminationGracePeriodSeconds"));
        }
        if (gated(old)) {
            s = GatedPlacement.without(s);
        }
        for (String list : List.of("containers", "initContainers")) {
            s = Fill.each(s, list, c -> c.without("image"));
        }
        return s;
    }

    private static List<String> changes(Struct before, Struct after) {
        TreeSet<String> names = new TreeSet<>(before.names());
        names.addAll(after.names());
        List<String> changed = new ArrayList<>();
        for (String name : names) {
            if (!Objects.equals(before.get(name), after.get(name))) {
                changed.add("spec." + name);
            }
        }
        return changed;
    }

    /// @return whether the rest is looked at, too; as upstream, not beside a deadline that cannot be
    private static boolean deadline(Struct old, Struct spec, Problems p) {
        if (!spec.has(DEADLINE)) {
            if (old.has(DEADLINE)) {
                p.invalid(null, "must not update from a positive integer to nil value");
            }
            return true;
        }
        long seconds = spec.whole(DEADLINE, 0);
        if (seconds < 0 || seconds > Integer.MAX_VALUE) {
            p.invalid(seconds, "must be between 0 and 2147483647, inclusive");
            return false;
        }
        if (old.has(DEADLINE) && seconds > old.whole(DEADLINE, 0)) {
            p.invalid(seconds, "must be less than or equal to previous value");
            return false;
        }
        return true;
    }

    private static void tolerations(Seq before, Seq after, Problems p) {
        Set<Object> now = after.structs().stream().map(PodUpdate::timeless).collect(Collectors.toSet());
        if (before.structs().stream().anyMatch(t -> !now.contains(timeless(t)))) {
            p.at("tolerations").forbidden("existing toleration can not be modified except its tolerationSeconds");
        }
    }

    /// A toleration without what may change, its fields in one order.
    private static Object timeless(Struct toleration) {
        return ValueKey.of(Seq.of(toleration.text("key"), toleration.text("operator"), toleration.text("value"),
                toleration.text("effect")));
    }

    private static void schedulingGates(Seq before, Seq after, Problems p) {
        Set<String> known = before.structs().stream().map(g -> g.text("name")).collect(Collectors.toSet());
        for (Struct gate : after.structs()) {
            if (!known.contains(gate.text("name"))) {
                p.at("schedulingGates").forbidden("only deletion is allowed, but found new scheduling gate '"
                        + gate.text("name") + "'");
            }
        }
    }

    /// The spec without tolerations that stay as they are: another release may have taken them.
    private static Struct unlessKept(Struct old, Struct spec) {
        return old.seq("tolerations").equals(spec.seq("tolerations")) ? spec.without("tolerations") : spec;
    }

    private static void ephemeral(Struct old, Struct spec, Problems p) {
        Map<String, Struct> all = new HashMap<>();
        spec.seq("ephemeralContainers").structs().forEach(c -> all.putIfAbsent(c.text("name"), c));
        for (Struct was : old.seq("ephemeralContainers").structs()) {
            Struct now = all.getOrDefault(was.text("name"), Struct.EMPTY);
            if (now.isEmpty()) {
                p.at("ephemeralContainers").forbidden("existing ephemeral containers \"" + was.text("name")
                        + "\" may not be removed\n");
            } else if (!now.equals(was)) {
                p.at("ephemeralContainers").forbidden("existing ephemeral containers \"" + was.text("name")
                        + "\" may not be changed\n");
            }
        }
        PodProblems.spec(unlessKept(old, spec), p);
    }

    private static void resize(Struct old, Struct spec, Problems p) {
        if (!Quality.of(old).equals(Quality.of(spec))) {
            p.invalid(Quality.of(spec), "Pod QOS Class may not change as a result of resizing");
        }
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
        if (!changes(kept, withoutResources(spec).without("initContainers")).isEmpty()) {
            p.forbidden("only cpu and memory resources are mutable");
        }
        PodProblems.spec(unlessKept(old, spec), p);
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
        List<String> before = PodResize.names(old.seq(list));
        List<String> after = PodResize.names(spec.seq(list));
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
