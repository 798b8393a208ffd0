package io.k3j.openapi;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Paths in version 2. Parameters are shared, but for those that clients look for in the operation itself: kubectl
/// finds out by `dryRun` and `fieldValidation` what a server can do and does not follow references. Pure.
final class OpenApiV2 {
    /// Written where they are used. `name` and `path` belong to paths, of which each has its own.
    private static final Set<String> INLINE = Set.of("dryRun", "fieldValidation", "name", "path");

    private OpenApiV2() {
    }

    /// The paths in the order of the map.
    static Struct paths(Map<String, List<OpenApiOperation>> all) {
        Struct.Builder b = Struct.builder();
        all.forEach((path, operations) -> b.put(path, item(operations)));
        return b.build();
    }

    /// The shared parameters. The shared parameters, in the order of their names; `namespace` is the only one of paths.
    static Struct parameters() {
        Struct.Builder b = Struct.builder();
        new TreeMap<>(OpenApiParameters.all()).forEach((name, p) -> {
            if (!INLINE.contains(name)) {
                b.put(name, parameter(name, name.equals("namespace") ? "path" : "query"));
            }
        });
        return b.build();
    }

    /// A path with its methods. What the path itself needs, and `pretty`, is said once for all of them.
    private static Struct item(List<OpenApiOperation> operations) {
        Struct.Builder b = Struct.builder();
        operations.forEach(o -> b.put(o.method(), operation(o)));
        List<Struct> shared = new ArrayList<>();
        operations.getFirst().pathParameters().forEach(p -> shared.add(use(p, "path")));
        shared.add(use("pretty", "query"));
        return b.put("parameters", shared).build();
    }

    /// @param in `path` or `query`
    private static Struct use(String name, String in) {
        return INLINE.contains(name) ? parameter(name, in) : Struct.of("$ref", "#/parameters/" + name);
    }

    /// A parameter where it is used. `uniqueItems` says nothing about scalars; upstream has it everywhere.
    private static Struct parameter(String name, String in) {
        OpenApiParameters.Parameter p = OpenApiParameters.of(name);
        Struct.Builder b = Struct.builder().put("description", p.description()).put("in", in).put("name", name);
        if (in.equals("path")) {
            b.put("required", true);
        }
        return b.put("type", p.type()).put("uniqueItems", true).build();
    }

    /// In the order of fields of upstream's document, which is that of the alphabet.
    private static Struct operation(OpenApiOperation o) {
        List<Struct> parameters = new ArrayList<>();
        if (!o.body().isEmpty()) {
            Struct body = Struct.of("in", "body", "name", "body", "schema", o.body());
            parameters.add(o.bodyRequired() ? body.with("required", true) : body);
        }
        o.query().forEach(q -> parameters.add(use(q, "query")));
        Struct.Builder responses = Struct.builder();
        for (int code : o.codes()) {
            responses.put(Integer.toString(code), Struct.of("description", OpenApiV3.text(code), "schema", o.answer()));
        }
        responses.put("401", Struct.of("description", "Unauthorized"));
        return Struct.builder().put("consumes", o.consumes()).put("description", o.description())
                .put("operationId", o.id()).putUnlessEmpty("parameters", parameters).put("produces", o.produces())
                .put("responses", responses.build()).put("schemes", Seq.of("https")).put("tags", List.of(o.tag()))
                .put("x-kubernetes-action", o.action())
                .put("x-kubernetes-group-version-kind", OpenApiDefinitions.gvk(o.kind())).build();
    }
}
