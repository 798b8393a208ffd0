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
    static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String EPHEMERAL = "ephemeralcontainers";
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private PodUpdate() {
    }

    /// Checks an update of the pod itself, of `ephemeralcontainers` or `resize`.
    static void check(Write write, Struct after, Problems p) {
        Struct before = before(write, after);
        Struct old = before.struct("spec");
        Struct spec = after.struct("spec");
        if (write.of(EPHEMERAL) && before.struct("metadata").struct("annotations").has(MIRROR)) {
            p.forbidden("static pods do not support ephemeral containers");
            return;
        }
        if (spec.equals(old)) {
            PodProblems.annotations(after, before, p);
        } else {
            KeptProblems.check(p, now -> PodProblems.existing(after, before, now),
                    then -> PodProblems.existing(before, before, then));
        }
        annotations(before, after, p);
        switch (write.subresource()) {
            case "" -> podUpdate(old, spec, p.at("spec"));
            case EPHEMERAL -> ephemeral(old, spec, p.at("spec"));
            case "resize" -> PodResize.check(before, after, p);
            default -> {
            }
        }
    }

    /// The pod before the write, with the defaults of today where the spec is another one: what is written has them,
    /// and a pod that an older release stored without one must not count as changed. A resize takes the stored pod as
    /// it is.
    private static Struct before(Write write, Struct after) {
        Struct before = write.before().orElse(Struct.EMPTY);
        boolean same = write.of("resize") || before.struct("spec").equals(after.struct("spec"));
        return same ? before : PodDefaults.pod(before);
    }

    /// Annotations by which a kubelet tells what a pod is, or how it is confined: fixed once the pod is there. A pod
    /// that became a mirror pod while it runs would be nobody's.
    static void annotations(Struct old, Struct pod, Problems p) {
        Struct before = old.struct("metadata").struct("annotations");
        Struct after = pod.struct("metadata").struct("annotations");
        if (before.equals(after)) {
            return;
        }
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
        for (int i = 0; i < after.size() && !p.full(); i++) {
            String name = after.struct(i).text("name");
            if (!known.contains(name)) {
                p.at("schedulingGates", i).at("name")
                        .forbidden("only deletion is allowed, but found new scheduling gate '" + name + "'");
            }
        }
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
    }
}
