package io.k3j.deviceallocation;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// What a claim is told it has: `status.allocation`. Pure, but for the ids of parts.
final class AllocationResults {
    private static final String TERMS = "nodeSelectorTerms";
    private static final String EXPRESSIONS = "matchExpressions";
    private static final String FIELDS = "matchFields";

    private AllocationResults() {
    }

    static Struct of(String node, Obj claim, List<Granted> granted, Supplier<String> ids) {
        Seq results = Seq.copyOf(granted.stream().map(g -> result(g, ids)).toList());
        Struct devices = Struct.builder().put("results", results)
                .putUnlessEmpty("config", configuration(claim, granted)).build();
        Struct selector = selector(node, granted);
        return Struct.builder().put("devices", devices).putUnlessEmpty("nodeSelector", selector).build();
    }

    private static Struct result(Granted granted, Supplier<String> ids) {
        DeviceId id = granted.device().id();
        Struct.Builder b = Struct.builder().put("request", granted.request().name()).put("driver", id.driver())
                .put("pool", id.pool()).put("device", id.device());
        if (granted.request().admin()) {
            b.put("adminAccess", true);
        }
        for (String field : List.of("bindingConditions", "bindingFailureConditions")) {
            b.putUnlessEmpty(field, granted.device().spec().seq(field));
        }
        b.putUnlessEmpty("tolerations", granted.request().spec().seq("tolerations"));
        if (granted.device().shared() && !granted.request().admin()) {
            b.put("shareID", ids.get());
            Struct.Builder consumed = Struct.builder();
            granted.part().forEach((name, amount) -> consumed.put(name, amount.toString()));
            b.putUnlessEmpty("consumedCapacity", consumed.build());
        }
        return b.build();
    }

    /// That of classes comes first, once for each, so that a claim's own is the last word.
    private static Seq configuration(Obj claim, List<Granted> granted) {
        Struct devices = claim.spec().struct("devices");
        Map<String, Set<DeviceRequest>> byClass = new LinkedHashMap<>();
        granted.forEach(g -> byClass.computeIfAbsent(g.request().spec().text("deviceClassName"),
                c -> new LinkedHashSet<>()).add(g.request()));
        List<Struct> all = new ArrayList<>();
        for (Set<DeviceRequest> of : byClass.values()) {
            List<String> names = of.stream().map(DeviceRequest::name).toList();
            of.iterator().next().deviceClass().seq("config").structs()
                    .forEach(config -> all.add(entry("FromClass", names, config, granted)));
        }
        for (Struct config : devices.seq("config").structs()) {
            List<String> names = config.seq("requests").texts();
            if (names.isEmpty() || granted.stream().anyMatch(g -> g.request().isOf(names))) {
                all.add(entry("FromClaim", names, config, granted));
            }
        }
        return Seq.copyOf(all);
    }

    /// What is for all requests names none.
    private static Struct entry(String source, List<String> names, Struct config, List<Granted> granted) {
        boolean all = granted.stream().allMatch(g -> g.request().isOf(names));
        return Struct.builder().put("source", source)
                .putUnlessEmpty("requests", Seq.copyOf(all ? List.<String>of() : names))
                .put("opaque", config.get("opaque")).build();
    }

    /// Where all of the devices are; empty when that is everywhere.
    private static Struct selector(String node, List<Granted> granted) {
        List<Struct> labels = new ArrayList<>();
        List<Struct> fields = new ArrayList<>();
        for (Granted one : granted) {
            Struct place = one.device().place();
            if (!place.text("nodeName").isEmpty() || one.device().spec().flag("bindsToNode")) {
                Struct name = Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of(node));
                return terms(Struct.of(FIELDS, Seq.of(name)));
            }
            Struct term = place.struct("nodeSelector").seq(TERMS).isEmpty() ? Struct.EMPTY
                    : place.struct("nodeSelector").seq(TERMS).struct(0);
            term.seq(EXPRESSIONS).structs().stream().filter(e -> !labels.contains(e)).forEach(labels::add);
            term.seq(FIELDS).structs().stream().filter(e -> !fields.contains(e)).forEach(fields::add);
        }
        return labels.isEmpty() && fields.isEmpty() ? Struct.EMPTY
                : terms(Struct.builder().putUnlessEmpty(EXPRESSIONS, Seq.copyOf(labels))
                        .putUnlessEmpty(FIELDS, Seq.copyOf(fields)).build());
    }

    private static Struct terms(Struct term) {
        return Struct.of(TERMS, Seq.of(term));
    }
}
