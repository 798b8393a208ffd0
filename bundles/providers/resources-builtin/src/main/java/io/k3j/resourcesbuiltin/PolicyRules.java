package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
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
        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
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
            p.oneOf(spec, "unhealthyPodEvictionPolicy", List.of("AlwaysAllow", "IfHealthyBudget"));
            LabelSelectorRules.check(spec.struct("selector"), p.at("selector"));
        }
    }

    private static final class Priorities implements KindRules {
        private static final long HIGHEST_USER = 1_000_000_000;

        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.in(o, "preemptionPolicy", "PreemptLowerPriority");
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            String name = o.struct("metadata").text("name");
            boolean system = name.equals("system-cluster-critical") || name.equals("system-node-critical");
            if (name.startsWith("system-") && !system) {
                p.at("metadata").at("name").forbidden("priority class names with 'system-' prefix are reserved for"
                        + " system use only. error: " + name + " is not a known system priority class");
            } else if (!system && o.whole("value", 0) > HIGHEST_USER) {
                p.at("value").forbidden("maximum allowed value of a user defined priority is " + HIGHEST_USER);
            }
            if (write.operation() == Operation.UPDATE) {
                Struct before = write.before().orElse(Struct.EMPTY);
                if (before.whole("value", 0) != o.whole("value", 0)) {
                    p.at("value").forbidden("may not be changed in an update.");
                }
                p.immutable(before, o, "preemptionPolicy");
            }
        }
    }

    private static final class Runtimes implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            if (p.present(o, "handler")) {
                p.at("handler").invalid(o.text("handler"), Names.label(o.text("handler")));
            }
            if (write.operation() == Operation.UPDATE) {
                p.immutable(write.before().orElse(Struct.EMPTY), o, "handler");
            }
        }
    }

    private static final class Leases implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            p.at("spec").positive(o.struct("spec"), "leaseDurationSeconds");
            p.at("spec").notNegative(o.struct("spec"), "leaseTransitions");
        }
    }
}
