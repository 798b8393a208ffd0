package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// The pod failure policy of a Job:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy>. Pure.
final class FailurePolicy {
    private FailurePolicy() {
    }

    /// The first rule that a failed pod matches, with what it matches, in upstream's words, as `message`; empty without
    /// a match.
    static Struct match(Seq rules, Obj pod) {
        for (int i = 0; i < rules.size(); i++) {
            Struct rule = rules.struct(i);
            Optional<String> what = rule.has("onExitCodes")
                    ? exitCode(rule.struct("onExitCodes"), pod) : condition(rule, pod);
            if (what.isPresent()) {
                return rule.with("message", what.get() + " matching " + rule.text("action") + " rule at index " + i);
            }
        }
        return Struct.EMPTY;
    }

    private static Optional<String> exitCode(Struct wanted, Obj pod) {
        boolean in = wanted.text("operator").equals("In");
        String name = wanted.text("containerName");
        for (String list : List.of("containerStatuses", "initContainerStatuses")) {
            for (Struct status : pod.status().seq(list).structs()) {
                long code = status.struct("state").struct("terminated").whole("exitCode", 0);
                boolean named = name.isEmpty() || name.equals(status.text("name"));
                if (named && code != 0 && wanted.seq("values").contains(code) == in) {
                    return Optional.of("Container " + status.text("name") + " for pod " + pod.namespace() + "/"
                            + pod.name() + " failed with exit code " + code);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> condition(Struct rule, Obj pod) {
        List<Struct> patterns = rule.seq("onPodConditions").structs();
        return pod.status().seq("conditions").structs().stream()
                .filter(c -> patterns.stream().anyMatch(wanted -> wanted.text("type").equals(c.text("type"))
                        && wanted.text("status", "True").equals(c.text("status"))))
                .findFirst().map(c -> "Pod " + pod.namespace() + "/" + pod.name() + " has condition " + c.text("type"));
    }
}
