package io.k3j.openapi;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Paths in version 3, with every parameter where it is used, as upstream. Media types stand with bodies and answers
/// here, not with the operation. Pure.
final class OpenApiV3 {
    private OpenApiV3() {
    }

    /// The paths in the order of the map.
    static Struct paths(Map<String, List<OpenApiOperation>> all) {
        Struct.Builder b = Struct.builder();
        all.forEach((path, operations) -> b.put(path, item(operations)));
        return b.build();
    }

    /// A path with its methods. What the path itself needs, and `pretty`, is said once for all of them.
    private static Struct item(List<OpenApiOperation> operations) {
        Struct.Builder b = Struct.builder();
        operations.forEach(o -> b.put(o.method(), operation(o)));
        List<Struct> shared = new ArrayList<>();
        operations.getFirst().pathParameters().forEach(p -> shared.add(parameter(p, "path")));
        shared.add(parameter("pretty", "query"));
        return b.put("parameters", shared).build();
    }

    /// Successes have the answer's schema; 401 has none, as upstream's.
    private static Struct operation(OpenApiOperation o) {
        Struct.Builder b = Struct.builder().put("tags", List.of(o.tag())).put("description", o.description())
                .put("operationId", o.id());
        b.putUnlessEmpty("parameters", o.query().stream().map(q -> parameter(q, "query")).toList());
        if (!o.body().isEmpty()) {
            Struct body = Struct.of("content", content(o.consumes(), o.body()));
            b.put("requestBody", o.bodyRequired() ? body.with("required", true) : body);
        }
        Struct.Builder responses = Struct.builder();
        for (int code : o.codes()) {
            responses.put(Integer.toString(code), Struct.of("description", text(code), "content",
                    content(o.produces(), o.answer())));
        }
        responses.put("401", Struct.of("description", "Unauthorized"));
        return b.put("responses", responses.build()).put("x-kubernetes-action", o.action())
                .put("x-kubernetes-group-version-kind", OpenApiDefinitions.gvk(o.kind())).build();
    }

    /// The text of a status of success; both versions need one.
    static String text(int code) {
        return switch (code) {
            case 201 -> "Created";
            case 202 -> "Accepted";
            default -> "OK";
        };
    }

    /// The same schema for each media type.
    private static Struct content(List<String> types, Struct schema) {
        Struct.Builder b = Struct.builder();
        types.forEach(t -> b.put(t, Struct.of("schema", schema)));
        return b.build();
    }

    /// `uniqueItems` says nothing about scalars; upstream has it everywhere.
    private static Struct parameter(String name, String in) {
        OpenApiParameters.Parameter p = OpenApiParameters.of(name);
        Struct.Builder b = Struct.builder().put("name", name).put("in", in).put("description", p.description());
        if (in.equals("path")) {
            b.put("required", true);
        }
        return b.put("schema", Struct.of("type", p.type(), "uniqueItems", true)).build();
    }
}
