package io.k3j.resourcesbuiltin;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// How fast a horizontal pod autoscaler scales: upstream's defaults, and the form that annotations of autoscaling/v1
/// hold, which is upstream's internal one, with Go's names. Pure.
final class ScalerBehavior {
    private static final long PERIOD_SECONDS = 15;
    private static final long PERCENT = 100;
    private static final long PODS = 4;

    private ScalerBehavior() {
    }

    /// With upstream's defaults: twice as many or four more pods in 15 seconds, all of them away at once.
    static Struct filled(Struct behavior) {
        Seq down = Seq.of(policy("Percent", PERCENT));
        Seq up = Seq.of(policy("Pods", PODS), policy("Percent", PERCENT));
        return behavior
                .with("scaleUp", Fill.in(rules(behavior.struct("scaleUp"), up), "stabilizationWindowSeconds", 0L))
                .with("scaleDown", rules(behavior.struct("scaleDown"), down));
    }

    private static Struct rules(Struct given, Seq policies) {
        return Fill.in(given, "selectPolicy", "Max", "policies", policies);
    }

    private static Struct policy(String type, long value) {
        return Struct.of("type", type, "value", value, "periodSeconds", PERIOD_SECONDS);
    }

    /// As an annotation holds it.
    static Struct go(Struct behavior) {
        return Struct.of("ScaleUp", goRules(behavior, "scaleUp"), "ScaleDown", goRules(behavior, "scaleDown"));
    }

    private static Object goRules(Struct behavior, String direction) {
        if (!behavior.has(direction)) {
            return Null.NULL;
        }
        Struct rules = behavior.struct(direction);
        Seq policies = Seq.copyOf(rules.seq("policies").structs().stream().map(p -> Struct.of("Type", p.get("type"),
                "Value", p.get("value"), "PeriodSeconds", p.get("periodSeconds"))).toList());
        return Struct.of("StabilizationWindowSeconds", rules.get("stabilizationWindowSeconds"), "SelectPolicy",
                rules.get("selectPolicy"), "Policies", rules.has("policies") ? policies : Null.NULL, "Tolerance",
                rules.get("tolerance"));
    }

    /// As autoscaling/v2 names it: Go reads names in any case.
    static Object ours(Object value) {
        return switch (value) {
            case Struct s -> {
                Struct.Builder all = Struct.builder();
                s.forEach((name, v) -> all.put(uncapitalized(name), ours(v)));
                yield all.build();
            }
            case Seq s -> Seq.copyOf(s.stream().map(ScalerBehavior::ours).toList());
            default -> value;
        };
    }

    private static String uncapitalized(String name) {
        return name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }
}
