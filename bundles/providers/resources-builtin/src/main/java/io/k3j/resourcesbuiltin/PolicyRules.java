package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.OldNodeLabels;
import io.k3j.corevalidation.RuntimeClassProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.ConditionRules;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// Rules of PodDisruptionBudgets, PriorityClasses, RuntimeClasses and Leases.
final class PolicyRules {
    private PolicyRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("PodDisruptionBudget", new Budgets());
        map.put("PriorityClass", new Priorities());
        map.put("RuntimeClass", new Runtimes());
        map.put("Lease", new Leases());
    }

    private static final class Budgets implements KindRules {
        private static final List<String> COUNTS = List.of("disruptionsAllowed", "currentHealthy", "desiredHealthy",
                "expectedPods");

        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
                ConditionRules.check(o.struct("status"), problems.at("status"));
                COUNTS.forEach(field -> problems.at("status").notNegative(o.struct("status"), field));
                return;
            }
            Struct spec = o.struct("spec");
            Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
            Problems p = problems.at("spec");
            if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
                p.invalid(spec, "minAvailable and maxUnavailable cannot be both set");
            }
            for (String field : List.of("minAvailable", "maxUnavailable")) {
                p.countOrPercent(spec, field);
                if (!spec.equals(before)) {
                    p.atMostAll(spec, field);
                }
            }
            LabelSelectorRules.check(spec.struct("selector"),
                    LabelSelectorRules.oddValues(before.struct("selector")), p.at("selector"));
            p.oneOf(spec, "unhealthyPodEvictionPolicy", List.of("AlwaysAllow", "IfHealthyBudget"));
        }
    }

    private static final class Priorities implements KindRules {
        private static final long HIGHEST_USER = 1_000_000_000;
        private static final String SYSTEM = "system-";
        /// Those that every cluster has.
        private static final Map<String, Long> KNOWN = Map.of("system-cluster-critical", 2 * HIGHEST_USER,
                "system-node-critical", 2 * HIGHEST_USER + 1000);

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.in(o, "preemptionPolicy", "PreemptLowerPriority");
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (write.operation() == Operation.UPDATE) {
                Struct before = write.before().orElse(Struct.EMPTY);
                if (before.whole("value", 0) != o.whole("value", 0)) {
                    p.at("value").forbidden("may not be changed in an update.");
                }
                p.immutable(before, o, "preemptionPolicy");
                return;
            }
            String name = o.struct("metadata").text("name");
            if (name.startsWith(SYSTEM)) {
                String wrong = system(name, o);
                if (!wrong.isEmpty()) {
                    p.at("metadata").at("name").forbidden("priority class names with '" + SYSTEM + "' prefix are"
                            + " reserved for system use only. error: " + wrong);
                }
            } else if (o.whole("value", 0) > HIGHEST_USER) {
                p.at("value").forbidden("maximum allowed value of a user defined priority is " + HIGHEST_USER);
            }
            p.oneOf(o, "preemptionPolicy", List.of("PreemptLowerPriority", "Never"));
        }

        /// Why a class is none of the system's; empty when it is one.
        private static String system(String name, Struct o) {
            Long value = KNOWN.get(name);
            if (value == null) {
                return name + " is not a known system priority class";
            }
            if (o.whole("value", 0) != value) {
                return "value of " + name + " PriorityClass must be " + value;
            }
            return o.flag("globalDefault") ? "globalDefault of " + name + " PriorityClass must be false" : "";
        }
    }

    private static final class Runtimes implements KindRules {
        @Override
        public List<String> warnings(Write write, Struct o) {
            return write.operation() == Operation.DELETE ? List.of()
                    : o.struct("scheduling").struct("nodeSelector").names().stream().map(OldNodeLabels::warning)
                            .filter(w -> !w.isEmpty()).map(w -> "scheduling.nodeSelector: " + w).toList();
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (p.present(o, "handler")) {
                p.at("handler").invalid(o.text("handler"), Names.label(o.text("handler")));
            }
            if (write.operation() == Operation.UPDATE) {
                p.immutable(write.before().orElse(Struct.EMPTY), o, "handler");
            }
            RuntimeClassProblems.check(o, p);
        }
    }

    /// Who leads by whom others choose (`CoordinatedLeaderElection`) is off in 1.36: what it needs is left out, where
    /// it did not stand before.
    private static final class Leases implements KindRules {
        private static final List<String> COORDINATED = List.of("strategy", "preferredHolder");

        @Override
        public Struct prepared(Write write, Struct o) {
            Struct spec = o.struct("spec");
            Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
            for (String field : COORDINATED) {
                spec = spec.has(field) && !before.has(field) ? spec.without(field) : spec;
            }
            return spec == o.struct("spec") ? o : o.with("spec", spec);
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            if (spec.whole("leaseDurationSeconds", 1) <= 0) {
                p.at("leaseDurationSeconds").invalid(spec.whole("leaseDurationSeconds", 0), "must be greater than 0");
            }
            p.notNegative(spec, "leaseTransitions");
            if (spec.has("strategy")) {
                strategy(spec.text("strategy"), p.at("strategy").at("strategy"));
            }
            if (!spec.text("preferredHolder").isEmpty() && spec.text("strategy").isEmpty()) {
                p.at("preferredHolder").forbidden("may only be specified if `strategy` is defined");
            }
        }

        private static void strategy(String strategy, Problems p) {
            if (strategy.contains("/")) {
                p.invalid(strategy, Names.qualified(strategy));
            } else if (!strategy.equals("OldestEmulationVersion")) {
                p.unsupported(strategy, List.of("OldestEmulationVersion"));
            }
        }
    }
}
