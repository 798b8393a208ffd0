package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.MetadataRules;
import io.k3j.model.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;

/// What can be wrong with the parts of a pod that say where it may run. Pure.
final class SchedulingProblems {
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    private SchedulingProblems() {
    }

    /// Checks a pod spec's tolerations, node selector, affinity and spread.
    static void check(Struct spec, Problems p) {
        Problems selector = p.at("nodeSelector");
        MetadataRules.labels(spec.struct("nodeSelector"), selector.path(), selector.found());
        Seq tolerations = spec.seq("tolerations");
        for (int i = 0; i < tolerations.size(); i++) {
            toleration(tolerations.struct(i), p.at("tolerations", i));
        }
        spread(spec.seq("topologySpreadConstraints"), p);
        Struct required = spec.struct("affinity").struct("nodeAffinity")
                .struct("requiredDuringSchedulingIgnoredDuringExecution");
        if (!required.isEmpty() && required.seq("nodeSelectorTerms").isEmpty()) {
            p.at("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")
                    .required("must have at least one node selector term");
        }
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            terms(spec.struct("affinity").struct(kind), p.at("affinity").at(kind));
        }
        p.unique(spec.seq("schedulingGates"), "schedulingGates", "name");
    }

    private static void terms(Struct affinity, Problems p) {
        Seq required = affinity.seq("requiredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < required.size(); i++) {
            topology(required.struct(i), p.at("requiredDuringSchedulingIgnoredDuringExecution", i));
        }
        Seq preferred = affinity.seq("preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            Problems at = p.at("preferredDuringSchedulingIgnoredDuringExecution", i);
            long weight = preferred.struct(i).whole("weight", 0);
            if (weight < 1 || weight > 100) {
                at.at("weight").invalid(weight, "must be in the range 1-100");
            }
            topology(preferred.struct(i).struct("podAffinityTerm"), at.at("podAffinityTerm"));
        }
    }

    private static void topology(Struct term, Problems p) {
        if (term.text("topologyKey").isEmpty()) {
            p.at("topologyKey").required("can not be empty");
        }
        if (term.has("labelSelector")) {
            PodProblems.selector(term.struct("labelSelector"), p.at("labelSelector"));
        }
    }

    private static void spread(Seq constraints, Problems p) {
        for (int i = 0; i < constraints.size(); i++) {
            Struct c = constraints.struct(i);
            Problems at = p.at("topologySpreadConstraints", i);
            if (c.whole("maxSkew", 0) <= 0) {
                at.at("maxSkew").invalid(c.whole("maxSkew", 0), "must be greater than zero");
            }
            if (c.text("topologyKey").isEmpty()) {
                at.at("topologyKey").required("can not be empty");
            }
            at.oneOf(c, "whenUnsatisfiable", List.of("DoNotSchedule", "ScheduleAnyway"));
        }
    }

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
        if (t.text("operator").equals("Exists") && !t.text("value").isEmpty()) {
            p.at("operator").invalid(t, "value must be empty when `operator` is 'Exists'");
        }
        p.oneOf(t, "operator", List.of("Equal", "Exists", "Lt", "Gt"));
        p.oneOf(t, "effect", EFFECTS);
    }
}
