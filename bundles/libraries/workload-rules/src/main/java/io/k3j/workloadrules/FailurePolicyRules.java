package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.kindrules.Fill;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Validates the pod failure policy of a Job:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy>.
final class FailurePolicyRules {
    private static final int MOST_RULES = 20;
    private static final int MOST_CODES = 255;
    private static final int MOST_CONDITIONS = 20;
    private static final List<String> ACTIONS = List.of("Count", "FailIndex", "FailJob", "Ignore");

    private FailurePolicyRules() {
    }

    /// The policy with the status that patterns of conditions have by default.
    static Struct filled(Struct policy) {
        return Fill.each(policy, "rules",
                rule -> Fill.each(rule, "onPodConditions", pattern -> Fill.in(pattern, "status", "True")));
    }

    /// Validates the policy of a Job's spec.
    static void check(Struct spec, Problems p) {
        Struct pod = spec.struct("template").struct("spec");
        Set<String> names = new HashSet<>();
        for (String list : List.of("containers", "initContainers")) {
            pod.seq(list).structs().forEach(c -> names.add(c.text("name")));
        }
        Seq rules = spec.struct("podFailurePolicy").seq("rules");
        Problems all = p.at("podFailurePolicy");
        if (rules.size() > MOST_RULES) {
            all.add(FieldProblem.tooMany(all.at("rules").path(), rules.size(), MOST_RULES));
        }
        for (int i = 0; i < Math.min(rules.size(), MOST_RULES); i++) {
            rule(rules.struct(i), spec.has("backoffLimitPerIndex"), names, all.at("rules", i));
        }
    }

    private static void rule(Struct rule, boolean perIndex, Set<String> names, Problems p) {
        p.oneOf(rule, "action", ACTIONS);
        if (rule.text("action").equals("FailIndex") && !perIndex) {
            p.at("action").invalid("FailIndex", "requires the backoffLimitPerIndex to be set");
        }
        boolean conditions = !rule.seq("onPodConditions").isEmpty();
        if (rule.has("onExitCodes")) {
            codes(rule.struct("onExitCodes"), names, p.at("onExitCodes"));
        }
        if (conditions) {
            conditions(rule.seq("onPodConditions"), p);
        }
        if (rule.has("onExitCodes") == conditions) {
            // upstream leaves out the value: it is the whole rule
            p.add(new FieldProblem(p.path(), "FieldValueInvalid", "Invalid value: " + (conditions
                    ? "specifying both OnExitCodes and OnPodConditions is not supported"
                    : "specifying one of OnExitCodes and OnPodConditions is required")));
        }
    }

    private static void codes(Struct codes, Set<String> names, Problems p) {
        p.oneOf(codes, "operator", List.of("In", "NotIn"));
        if (codes.has("containerName") && !names.contains(codes.text("containerName"))) {
            p.at("containerName").invalid(codes.text("containerName"),
                    "must be one of the container or initContainer names in the pod template");
        }
        Seq values = codes.seq("values");
        if (codes.has("values") && values.isEmpty()) {
            p.at("values").invalid(values, "at least one value is required");
        } else if (values.size() > MOST_CODES) {
            p.add(FieldProblem.tooMany(p.at("values").path(), values.size(), MOST_CODES));
        } else {
            each(values, codes.text("operator").equals("In"), p);
        }
    }

    private static void each(Seq values, boolean in, Problems p) {
        Set<Object> seen = new HashSet<>();
        boolean ordered = true;
        for (int i = 0; i < values.size(); i++) {
            long value = number(values.get(i));
            if (in && value == 0) {
                p.at("values", i).invalid(0L, "must not be 0 for the In operator");
            }
            if (!seen.add(value)) {
                p.at("values", i).duplicate(value);
            }
            ordered &= i == 0 || number(values.get(i - 1)) <= value;
        }
        if (!ordered) {
            p.at("values").invalid(values, "must be ordered");
        }
    }

    private static long number(Object value) {
        return value instanceof Long l ? l : -1;
    }

    private static void conditions(Seq conditions, Problems p) {
        if (conditions.size() > MOST_CONDITIONS) {
            p.add(FieldProblem.tooMany(p.at("onPodConditions").path(), conditions.size(), MOST_CONDITIONS));
            return;
        }
        for (int i = 0; i < conditions.size(); i++) {
            Problems at = p.at("onPodConditions", i);
            Struct condition = conditions.struct(i);
            at.at("type").invalid(condition.text("type"), Names.qualified(condition.text("type")));
            if (condition.text("status").isEmpty()) {
                at.at("status").required("valid values: [\"False\" \"True\" \"Unknown\"]");
            }
            at.oneOf(condition, "status", List.of("False", "True", "Unknown"));
        }
    }
}
