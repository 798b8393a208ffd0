package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Rules of LimitRanges, as upstream's `ValidateLimitRange`. Pure.
final class LimitRangeRules implements KindRules {
    private static final Set<String> TYPES = Set.of("Pod", "Container", "PersistentVolumeClaim");
    private static final List<String> SIDES = List.of("max", "min", "default", "defaultRequest",
            "maxLimitRequestRatio");

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        return Fill.inside(o, "spec", s -> Fill.each(s, "limits", LimitRangeRules::limit));
    }

    private static Struct limit(Struct item) {
        if (!item.text("type").equals("Container")) {
            return item;
        }
        Struct limits = filled(item.struct("default"), item.struct("max"));
        Struct requests = filled(filled(item.struct("defaultRequest"), limits), item.struct("min"));
        Struct i = limits.isEmpty() ? item : item.with("default", limits);
        return requests.isEmpty() ? i : i.with("defaultRequest", requests);
    }

    private static Struct filled(Struct into, Struct from) {
        Struct.Builder b = into.toBuilder();
        from.forEach((name, value) -> {
            if (!into.has(name)) {
                b.put(name, value);
            }
        });
        return b.build();
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        Seq limits = o.struct("spec").seq("limits");
        Set<String> types = new HashSet<>();
        for (int i = 0; i < limits.size(); i++) {
            Problems at = p.at("spec").at("limits", i);
            String type = limits.struct(i).text("type");
            type(type, at.at("type"));
            if (!types.add(type)) {
                at.at("type").duplicate(type);
            }
            item(limits.struct(i), at);
        }
    }

    private static void type(String type, Problems p) {
        List<String> wrong = Names.qualified(type);
        p.invalid(type, wrong);
        if (wrong.isEmpty() && !type.contains("/") && !TYPES.contains(type)) {
            p.invalid(type, "must be a standard limit type or fully qualified");
        }
    }

    private static void item(Struct item, Problems p) {
        String type = item.text("type");
        Set<String> names = new TreeSet<>();
        boolean readable = true;
        for (String side : SIDES) {
            if (type.equals("Pod") && side.startsWith("default")) {
                if (!item.struct(side).isEmpty()) {
                    p.at(side).forbidden("may not be specified when `type` is 'Pod'");
                }
                continue;
            }
            readable &= side(type, item.struct(side), p.at(side));
            names.addAll(item.struct(side).names());
        }
        if (type.equals("PersistentVolumeClaim") && !item.struct("min").has("storage")
                && !item.struct("max").has("storage")) {
            p.at("limits").required("either minimum or maximum storage value is required, but neither was provided");
        }
        if (readable) {
            names.forEach(name -> LimitRangeAmounts.of(item, name).check(p));
        }
    }

    /// Whether all amounts of one side are quantities.
    private static boolean side(String type, Struct amounts, Problems p) {
        boolean readable = true;
        for (String name : amounts.names()) {
            if (type.equals("Pod") || type.equals("Container")) {
                ResourceNames.container(name, p.key(name));
            } else {
                ResourceNames.any(name, p.key(name));
            }
            Quantity amount = ResourceNames.read(amounts, name, p.key(name));
            readable &= amount != null;
        }
        return readable;
    }
}
