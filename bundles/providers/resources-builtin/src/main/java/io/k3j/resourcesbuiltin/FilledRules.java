package io.k3j.resourcesbuiltin;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Kinds with defaults beyond the schema, but no other rules.
final class FilledRules {
    private FilledRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("FlowSchema",
                spec(s -> s.whole("matchingPrecedence", 0) == 0 ? s.with("matchingPrecedence", 1000L) : s));
        map.put("PriorityLevelConfiguration", spec(FilledRules::level));
        map.put("ResourceClaim", spec(FilledRules::claim));
        map.put("ResourceClaimTemplate", spec(s -> Fill.inside(s, "spec", FilledRules::claim)));
    }

    private static KindRules spec(UnaryOperator<Struct> change) {
        return new KindRules() {
            @Override
            public Struct defaulted(Gvk kind, Struct object) {
                return Fill.inside(object, "spec", change);
            }
        };
    }

    private static Struct level(Struct spec) {
        Struct s = Fill.inside(spec, "exempt", e -> Fill.in(e, "nominalConcurrencyShares", 0L, "lendablePercent", 0L));
        return Fill.inside(s, "limited", l -> Fill.inside(
                Fill.in(l, "nominalConcurrencyShares", 30L, "lendablePercent", 0L), "limitResponse",
                r -> Fill.inside(r, "queuing", FilledRules::queues)));
    }

    private static Struct queues(Struct queuing) {
        return positive(positive(positive(queuing, "queues", 64), "handSize", 8), "queueLengthLimit", 50);
    }

    /// Replaces zero, which counts as unset: Go has no pointer for this field.
    private static Struct positive(Struct of, String field, long value) {
        return of.whole(field, 0) == 0 ? of.with(field, value) : of;
    }

    private static Struct claim(Struct spec) {
        return Fill.inside(spec, "devices", d -> Fill.each(d, "requests", r -> Fill.each(
                Fill.inside(r, "exactly", FilledRules::request), "firstAvailable", FilledRules::request)));
    }

    private static Struct request(Struct request) {
        Struct r = Fill.in(request, "allocationMode", "ExactCount");
        r = r.text("allocationMode").equals("ExactCount") ? positive(r, "count", 1) : r;
        return Fill.each(r, "tolerations", t -> Fill.in(t, "operator", "Equal"));
    }
}
