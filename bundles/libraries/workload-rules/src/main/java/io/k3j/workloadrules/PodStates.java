package io.k3j.workloadrules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What may become of containers that have ended: one that is not to be restarted stays ended, so that who has seen its
/// end can rely on it. As upstream's `ValidateContainerStateTransition`. Pure.
final class PodStates {
    private static final String ALWAYS = "Always";
    private static final String POLICY = "restartPolicy";
    private static final String RULES = "restartPolicyRules";
    private static final List<String> LISTS = List.of("containers", "initContainers");
    private static final List<String> STATUSES = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");

    private PodStates() {
    }

    /// Checks the statuses of a pod's containers.
    ///
    /// @param spec the pod's, before the write
    /// @param p the place of the status
    static void check(Struct spec, Struct old, Struct status, Problems p) {
        // most writes are of pods none of whose containers has ended
        if (STATUSES.stream().noneMatch(list -> ends(old.seq(list))) || restartsAll(spec)) {
            return;
        }
        Map<String, Struct> containers = byName(spec.seq("containers"));
        Map<String, Struct> init = byName(spec.seq("initContainers"));
        each(old, status, "containerStatuses", p, end -> restarted(spec, of(containers, end), end));
        each(old, status, "initContainerStatuses", p, end -> begun(spec, of(init, end), end));
        each(old, status, "ephemeralContainerStatuses", p, _ -> false);
    }

    private static boolean ends(Seq statuses) {
        for (int i = 0; i < statuses.size(); i++) {
            if (ended(statuses.struct(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean ended(Struct status) {
        return status.struct("state").has("terminated");
    }

    private static Map<String, Struct> byName(Seq list) {
        Map<String, Struct> map = new HashMap<>();
        list.structs().forEach(s -> map.putIfAbsent(s.text("name"), s));
        return map;
    }

    private static Struct of(Map<String, Struct> containers, Struct status) {
        return containers.getOrDefault(status.text("name"), Struct.EMPTY);
    }

    private interface Rule {
        /// @param status of a container that has ended
        /// @return whether the container may run again
        boolean again(Struct status);
    }

    private static void each(Struct old, Struct status, String list, Problems p, Rule rule) {
        Seq before = old.seq(list);
        Map<String, Struct> after = byName(status.seq(list));
        for (int i = 0; i < before.size() && !p.full(); i++) {
            Struct was = before.struct(i);
            if (!ended(was) || rule.again(was)) {
                continue;
            }
            Struct now = of(after, was);
            if (!now.isEmpty() && !ended(now)) {
                p.at(list, i).at("state").forbidden("may not be transitioned to non-terminated state");
            }
        }
    }

    /// Whether the end of some container has all others run once more.
    private static boolean restartsAll(Struct spec) {
        return LISTS.stream().flatMap(list -> spec.seq(list).structs().stream())
                .flatMap(c -> c.seq(RULES).structs().stream())
                .anyMatch(rule -> rule.text("action").equals("RestartAllContainers"));
    }

    private static long code(Struct status) {
        return status.struct("state").struct("terminated").whole("exitCode", 0);
    }

    private static boolean restarted(Struct spec, Struct container, Struct status) {
        long code = code(status);
        if (container.has(POLICY)) {
            return container.seq(RULES).structs().stream().anyMatch(rule -> fits(rule.struct("exitCodes"), code))
                    || by(container.text(POLICY), code);
        }
        return by(spec.text(POLICY), code);
    }

    private static boolean fits(Struct codes, long code) {
        boolean named = codes.seq("values").contains(code);
        return codes.text("operator").equals("In") ? named : codes.text("operator").equals("NotIn") && !named;
    }

    private static boolean by(String policy, long code) {
        return policy.equals(ALWAYS) || policy.equals("OnFailure") && code != 0;
    }

    /// Whether an init container may run again: a sidecar may, others as the pod's policy says, or their own.
    private static boolean begun(Struct spec, Struct container, Struct status) {
        return by(spec.text(POLICY), code(status)) || by(container.text(POLICY), code(status))
                || container.seq(RULES).structs().stream().anyMatch(r -> fits(r.struct("exitCodes"), code(status)));
    }
}
