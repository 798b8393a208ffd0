package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The scaling behavior of a HorizontalPodAutoscaler: upstream's defaults, and its form in annotations of
/// autoscaling/v1, which is upstream's internal type with Go's field names. Pure.
final class ScalerBehavior {
    private static final long PERIOD_SECONDS = 15;
    private static final long PERCENT = 100;
    private static final long PODS = 4;

    private ScalerBehavior() {
    }

    /// Upstream's defaults: scale up by 100 % or four pods per 15 seconds, scale down without a limit.
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

    /// The form in an annotation.
    static Struct toGo(Struct behavior) {
        return Struct.of("ScaleUp", rulesToGo(behavior, "scaleUp"), "ScaleDown", rulesToGo(behavior, "scaleDown"));
    }

    private static Object rulesToGo(Struct behavior, String direction) {
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

    /// The form in autoscaling/v2; Go decodes field names case-insensitively.
    static Object fromGo(Object value) {
        return switch (value) {
            case Struct s -> {
                Struct.Builder all = Struct.builder();
                s.forEach((name, v) -> all.put(uncapitalized(name), fromGo(v)));
                yield all.build();
            }
            case Seq s -> Seq.copyOf(s.stream().map(ScalerBehavior::fromGo).toList());
            default -> value;
        };
    }

    private static String uncapitalized(String name) {
        return name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }
}
