package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// What can be wrong with a container's own restart policy and its rules, as upstream's
/// `validateContainerRestartPolicy`. Pure. Containers and init containers may have both (Kubernetes: Pod Lifecycle,
/// "Individual container restart policy and rules").
final class RestartProblems {
    private static final int MOST_RULES = 20;
    private static final int MOST_CODES = 255;
    private static final List<String> POLICIES = List.of("Always", "Never", "OnFailure");
    private static final List<String> ACTIONS = List.of("Restart", "RestartAllContainers");
    private static final List<String> OPERATORS = List.of("In", "NotIn");

    private RestartProblems() {
    }

    /// @param list where the container stands: `containers` or `initContainers`
    static void check(Struct container, String list, Problems p) {
        Seq rules = container.seq("restartPolicyRules");
        boolean policy = container.has("restartPolicy");
        if (policy && !POLICIES.contains(container.text("restartPolicy"))) {
            p.at("restartPolicy").unsupported(container.text("restartPolicy"), POLICIES);
        } else if (!policy && !rules.isEmpty()) {
            p.at("restartPolicy").required("must specify restartPolicy when restart rules are used");
        }
        if (policy || list.equals("containers")) {
            rules(rules, p);
        }
    }

    private static void rules(Seq rules, Problems p) {
        tooMany(rules, p.at("restartPolicyRules"), MOST_RULES);
        for (int i = 0; i < rules.size(); i++) {
            Problems at = p.at("restartPolicyRules", i);
            one(rules.struct(i), "action", ACTIONS, at);
            if (rules.struct(i).has("exitCodes")) {
                Struct codes = rules.struct(i).struct("exitCodes");
                one(codes, "operator", OPERATORS, at.at("exitCodes"));
                tooMany(codes.seq("values"), at.at("exitCodes").at("values"), MOST_CODES);
            } else {
                at.at("exitCodes").required("must be specified");
            }
        }
    }

    /// A field that is not there counts as one with an unknown value, as upstream has it.
    private static void one(Struct of, String field, List<String> allowed, Problems p) {
        if (!allowed.contains(of.text(field))) {
            p.at(field).unsupported(of.text(field), allowed);
        }
    }

    private static void tooMany(Seq list, Problems p, int most) {
        if (list.size() > most) {
            p.tooMany(list.size(), most);
        }
    }
}
