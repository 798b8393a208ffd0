package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What can be wrong with the parts of a pod that say where it may run: "Assigning Pods to Nodes", "Taints and
/// Tolerations", "Pod Topology Spread Constraints". Pure. A rule that no node meets is valid: such a pod waits.
///
/// | field | what must be so |
/// |---|---|
/// | `nodeSelector` | keys and values of labels |
/// | `tolerations` | `Equal` or `Exists`; a key, or `Exists`; no value beside `Exists`; seconds for `NoExecute` only |
/// | `topologySpreadConstraints` | a skew above 0, a topology key, a valid selector; one of a kind |
/// | `affinity.nodeAffinity` | see [NodeAffinityProblems] |
/// | `affinity.podAffinity`, `.podAntiAffinity` | a topology key; valid selectors; a weight from 1 to 100 |
/// | `schedulingGates` | each name once |
final class SchedulingProblems {
    /// The message lists them in this order, which is upstream's.
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");
    /// Without `Lt` and `Gt`: upstream has them off by default (`TaintTolerationComparisonOperators`).
    private static final List<String> OPERATORS = List.of("Equal", "Exists");
    private static final List<String> POLICIES = List.of("Honor", "Ignore");
    private static final String ACTION = "whenUnsatisfiable";
    private static final String DO_NOT_SCHEDULE = "DoNotSchedule";

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
            terms(spec.struct("affinity").struct(kind), p.at("affinity").at(kind));
        }
        p.unique(spec.seq("schedulingGates"), "schedulingGates", "name");
    }

    /// Checks a list of tolerations.
    ///
    /// @param p where `tolerations` stands
    static void tolerations(Seq tolerations, Problems p) {
        for (int i = 0; i < tolerations.size(); i++) {
            toleration(tolerations.struct(i), p.at("tolerations", i));
        }
    }

    /// Pod affinity and anti-affinity have the same shape. Preferred terms have a weight, which the scheduler adds up
    /// over all that hold; 100 bounds what one of them can do.
    private static void terms(Struct affinity, Problems p) {
        Seq required = affinity.seq("requiredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < required.size(); i++) {
            topology(required.struct(i), p.at("requiredDuringSchedulingIgnoredDuringExecution", i));
        }
        Seq preferred = affinity.seq("preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            Problems at = p.at("preferredDuringSchedulingIgnoredDuringExecution", i);
            weight(preferred.struct(i), at);
            topology(preferred.struct(i).struct("podAffinityTerm"), at.at("podAffinityTerm"));
        }
    }

    static void weight(Struct preferred, Problems p) {
        long weight = preferred.whole("weight", 0);
        if (weight < 1 || weight > 100) {
            p.at("weight").invalid(weight, "must be in the range 1-100");
        }
    }

    /// The key of a node label: nodes with the same value are one place. Without it a term would say nothing, since an
    /// empty key does not mean "anywhere".
    private static void topology(Struct term, Problems p) {
        if (term.text("topologyKey").isEmpty()) {
            p.at("topologyKey").required("can not be empty");
        }
        if (term.has("labelSelector")) {
            LabelSelectorRules.check(term.struct("labelSelector"), p.at("labelSelector"));
        }
        LabelSelectorRules.check(term.struct("namespaceSelector"), p.at("namespaceSelector"));
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
            at.oneOf(c, ACTION, List.of(DO_NOT_SCHEDULE, "ScheduleAnyway"));
            if (last.getOrDefault(kindOf(c), i) > i) {
                at.at("{topologyKey, whenUnsatisfiable}").duplicate("{" + String.join(", ", kindOf(c)) + "}");
            }
            domains(c, at.at("minDomains"));
            for (String field : List.of("nodeAffinityPolicy", "nodeTaintsPolicy")) {
                if (c.has(field) && !POLICIES.contains(c.text(field))) {
                    at.at(field).unsupported(c.text(field), POLICIES);
                }
            }
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
        p.oneOf(t, "operator", OPERATORS);
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
                    p.invalid(t, "value must be empty when `operator` is 'Exists'");
                }
            }
            default -> {
                // the operator is refused
            }
        }
    }
}
