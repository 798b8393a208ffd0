package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What can be wrong with the parts of a pod that say where it may run: "Assigning Pods to Nodes", "Taints and
/// Tolerations", "Pod Topology Spread Constraints". Pure. A rule that no node meets is valid: such a pod waits.
///
/// | field | what must be so |
/// |---|---|
/// | `nodeSelector` | keys and values of labels |
/// | `tolerations` | `Equal` or `Exists`; a key, or `Exists`; no value beside `Exists`; seconds for `NoExecute` only |
/// | `topologySpreadConstraints` | a skew above 0, a topology key, a valid selector; one of a kind |
/// | `affinity.nodeAffinity` | see [NodeAffinityProblems] |
/// | `affinity.podAffinity`, `.podAntiAffinity` | see [AffinityProblems] |
/// | `readinessGates`, `schedulingGates` | qualified names; a scheduling gate is there once |
final class SchedulingProblems {
    /// The message lists them in this order, which is upstream's.
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");
    /// Without `Lt` and `Gt`: upstream has them off by default (`TaintTolerationComparisonOperators`), but names them
    /// to who asks for one of them.
    private static final List<String> OPERATORS = List.of("Equal", "Exists");
    private static final List<String> COMPARING = List.of("Equal", "Exists", "Lt", "Gt");
    private static final List<String> POLICIES = List.of("Honor", "Ignore");
    private static final String ACTION = "whenUnsatisfiable";
    private static final String DO_NOT_SCHEDULE = "DoNotSchedule";
    private static final List<String> ACTIONS = List.of(DO_NOT_SCHEDULE, "ScheduleAnyway");

    private SchedulingProblems() {
    }

    /// Checks a pod spec's node selector, tolerations, spread, affinity and scheduling gates.
    ///
    /// @param p the spec's place
    static void check(Struct spec, Problems p) {
        MetadataRules.labels(spec.struct("nodeSelector"), p.at("nodeSelector"));
        tolerations(spec.seq("tolerations"), p);
        spread(spec.seq("topologySpreadConstraints"), p);
        NodeAffinityProblems.check(spec.struct("affinity").struct("nodeAffinity"), p.at("affinity.nodeAffinity"));
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            AffinityProblems.check(spec.struct("affinity").struct(kind), p.at("affinity").at(kind));
        }
        gates(spec, p);
    }

    /// Both kinds of gates: what a pod waits for before it is scheduled, and before it is ready.
    private static void gates(Struct spec, Problems p) {
        Seq ready = spec.seq("readinessGates");
        for (int i = 0; i < ready.size() && !p.full(); i++) {
            String type = ready.struct(i).text("conditionType");
            p.at("readinessGates", i).at("conditionType").invalid(type, Names.qualified(type));
        }
        Seq gates = spec.seq("schedulingGates");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < gates.size() && !p.full(); i++) {
            String name = gates.struct(i).text("name");
            p.at("schedulingGates", i).invalid(name, Names.qualified(name));
            if (!names.add(name)) {
                p.at("schedulingGates", i).duplicate(name);
            }
        }
    }

    /// Checks a list of tolerations.
    ///
    /// @param p where `tolerations` stands
    static void tolerations(Seq tolerations, Problems p) {
        for (int i = 0; i < tolerations.size(); i++) {
            toleration(tolerations.struct(i), p.at("tolerations", i));
        }
    }

    /// `maxSkew` is a difference of numbers of pods between places; 0 could never be met by one pod on two places.
    private static void spread(Seq constraints, Problems p) {
        Map<List<String>, Integer> last = new HashMap<>();
        for (int i = 0; i < constraints.size(); i++) {
            last.put(kindOf(constraints.struct(i)), i);
        }
        for (int i = 0; i < constraints.size(); i++) {
            Struct c = constraints.struct(i);
            Problems at = p.at("topologySpreadConstraints", i);
            if (c.whole("maxSkew", 0) <= 0) {
                at.at("maxSkew").invalid(c.whole("maxSkew", 0), "must be greater than zero");
            }
            if (c.text("topologyKey").isEmpty()) {
                at.at("topologyKey").required("can not be empty");
            }
            if (!ACTIONS.contains(c.text(ACTION))) {
                at.at(ACTION).unsupported(c.text(ACTION), ACTIONS);
            }
            if (last.getOrDefault(kindOf(c), i) > i) {
                at.at("{topologyKey, whenUnsatisfiable}").duplicate("{" + String.join(", ", kindOf(c)) + "}");
            }
            domains(c, at.at("minDomains"));
            for (String field : List.of("nodeAffinityPolicy", "nodeTaintsPolicy")) {
                if (c.has(field) && !POLICIES.contains(c.text(field))) {
                    at.at(field).unsupported(c.text(field), POLICIES);
                }
            }
            AffinityProblems.labelKeys(c, at);
            LabelSelectorRules.check(c.struct("labelSelector"), at.at("labelSelector"));
        }
    }

    /// There is one constraint for places of a kind, or two: one that must be met and one that should be.
    private static List<String> kindOf(Struct constraint) {
        return List.of(constraint.text("topologyKey"), constraint.text(ACTION));
    }

    private static void domains(Struct constraint, Problems p) {
        if (!constraint.has("minDomains")) {
            return;
        }
        long domains = constraint.whole("minDomains", 0);
        if (domains <= 0) {
            p.invalid(domains, "must be greater than zero");
        }
        if (!constraint.text(ACTION).equals(DO_NOT_SCHEDULE)) {
            p.invalid(domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                    + constraint.text(ACTION));
        }
    }

    /// An empty key with `Exists` tolerates every taint; with any other operator it would tolerate none. Seconds count
    /// from when the taint appears, and only `NoExecute` does anything to a pod that runs already.
    private static void toleration(Struct t, Problems p) {
        String key = t.text("key");
        if (!key.isEmpty()) {
            p.at("key").invalid(key, Names.qualified(key));
        } else if (!t.text("operator").equals("Exists")) {
            p.at("operator").invalid(t.text("operator"),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }
        if (t.has("tolerationSeconds") && !t.text("effect").equals("NoExecute")) {
            p.at("effect").invalid(t.text("effect"), "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }
        value(t, p.at("operator"));
        p.oneOf(t, "effect", EFFECTS);
    }

    /// Upstream reports what is wrong with a value at the operator.
    private static void value(Struct t, Problems p) {
        String value = t.text("value");
        switch (t.text("operator")) {
            case "", "Equal" -> {
                List<String> wrong = Names.labelValue(value);
                if (!wrong.isEmpty()) {
                    p.invalid(value, String.join(";", wrong));
                }
            }
            case "Exists" -> {
                if (!value.isEmpty()) {
                    p.invalid(value, "value must be empty when `operator` is 'Exists'");
                }
            }
            case "Lt", "Gt" -> p.unsupported(t.text("operator"), COMPARING);
            default -> p.unsupported(t.text("operator"), OPERATORS);
        }
    }
}
