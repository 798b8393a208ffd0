package io.k3j.deviceallocation;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What a claim is told it has: `status.allocation`. Pure, but for the ids of parts.
final class Allocation {
    private static final String TERMS = "nodeSelectorTerms";
    private static final String EXPRESSIONS = "matchExpressions";
    private static final String FIELDS = "matchFields";

    private Allocation() {
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
        b.putUnlessEmpty("tolerations", granted.request().spec().seq("tolerations"));
        if (granted.device().shared() && !granted.request().admin()) {
            b.put("shareID", ids.get());
            Struct.Builder consumed = Struct.builder();
            granted.part().forEach((name, amount) -> consumed.put(name, amount.toString()));
            b.putUnlessEmpty("consumedCapacity", consumed.build());
        }
        return b.build();
    }

    /// That of classes comes first, so that a claim's own is the last word.
    private static Seq configuration(Obj claim, List<Granted> granted) {
        List<Struct> all = new ArrayList<>();
        Set<DeviceRequest> requests = new LinkedHashSet<>();
        granted.forEach(g -> requests.add(g.request()));
        for (DeviceRequest request : requests) {
            for (Struct config : request.deviceClass().seq("config").structs()) {
                all.add(Struct.of("source", "FromClass", "requests", Seq.of(request.name())).with("opaque",
                        config.get("opaque")));
            }
        }
        for (Struct config : claim.spec().struct("devices").seq("config").structs()) {
            List<String> of = config.seq("requests").texts();
            if (of.isEmpty() || requests.stream().anyMatch(r -> r.isOf(of))) {
                Struct.Builder b = Struct.builder().put("source", "FromClaim")
                        .putUnlessEmpty("requests", Seq.copyOf(of));
                all.add(b.put("opaque", config.get("opaque")).build());
            }
        }
        return Seq.copyOf(all);
    }

    /// Where all of the devices are; empty when that is everywhere.
    private static Struct selector(String node, List<Granted> granted) {
        List<Struct> labels = new ArrayList<>();
        List<Struct> fields = new ArrayList<>();
        for (Granted one : granted) {
            Struct place = one.device().place();
            if (!place.text("nodeName").isEmpty()) {
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
