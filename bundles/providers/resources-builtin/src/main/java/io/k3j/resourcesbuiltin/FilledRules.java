package io.k3j.resourcesbuiltin;

import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Kinds with defaults beyond the schema, but no other rules.
final class FilledRules {
    private FilledRules() {
    }

    static void into(Map<String, KindRules> map) {
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

    private static Struct claim(Struct spec) {
        return Fill.inside(spec, "devices", d -> Fill.each(d, "requests", r -> Fill.each(
                Fill.inside(r, "exactly", FilledRules::request), "firstAvailable", FilledRules::request)));
    }

    private static Struct request(Struct request) {
        Struct r = Fill.in(request, "allocationMode", "ExactCount");
        r = r.text("allocationMode").equals("ExactCount") ? Fill.zero(r, "count", 1) : r;
        return Fill.each(r, "tolerations", t -> Fill.in(t, "operator", "Equal"));
    }
}
