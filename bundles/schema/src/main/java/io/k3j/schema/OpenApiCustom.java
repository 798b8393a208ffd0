package io.k3j.schema;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Set;

/// Definitions of custom resources: their own schema, with the standard fields put in.
final class OpenApiCustom {
    /// What version 2 cannot say.
    private static final Set<String> THREE_ONLY = Set.of("oneOf", "anyOf", "allOf", "not", "nullable", "default");

    private OpenApiCustom() {
    }

    static Struct definition(OpenApiDefinitions definitions, boolean three, Shape shape, Gvk kind) {
        Struct source = three ? shape.source() : two(shape.source());
        Struct.Builder properties = Struct.builder();
        type(properties);
        properties.put("metadata", metadata(definitions, three, "ObjectMeta"));
        source.struct("properties").forEach((name, schema) -> {
            if (!properties.has(name)) {
                properties.put(name, schema);
            }
        });
        boolean known = !source.struct("properties").isEmpty() || !source.flag("x-kubernetes-preserve-unknown-fields");
        Struct.Builder b = source.toBuilder().put("type", "object");
        if (known) {
            b.put("properties", properties.build());
        }
        return b.put("x-kubernetes-group-version-kind", Seq.of(OpenApiDefinitions.gvk(kind))).build();
    }

    static Struct list(OpenApiDefinitions definitions, Gvk kind, Struct item) {
        Struct.Builder properties = Struct.builder();
        type(properties);
        properties.put("items",
                Struct.of("type", "array", "items", item, "description", "List of " + kind.kind() + "s."));
        properties.put("metadata", definitions.builtIn(OpenApiDefinitions.META + "ListMeta"));
        Gvk list = new Gvk(kind.group(), kind.version(), kind.kind() + "List");
        return Struct.of("description", kind.kind() + "List is a list of " + kind.kind(), "type", "object",
                "properties",
                properties.build(), "required", Seq.of("items"), "x-kubernetes-group-version-kind",
                Seq.of(OpenApiDefinitions.gvk(list)));
    }

    private static void type(Struct.Builder properties) {
        properties.put("apiVersion", Struct.of("description", "The version of this representation.", "type", "string"));
        properties.put("kind", Struct.of("description", "The kind of this object.", "type", "string"));
    }

    private static Struct metadata(OpenApiDefinitions definitions, boolean three, String name) {
        Struct ref = definitions.builtIn(OpenApiDefinitions.META + name);
        String description = "Standard object's metadata.";
        return three ? Struct.of("description", description, "allOf", Seq.of(ref))
                : ref.with("description", description);
    }

    /// As far as version 2 can say it; where unknown fields are kept nothing is said of known ones, as upstream.
    private static Struct two(Struct schema) {
        if (schema.flag("x-kubernetes-preserve-unknown-fields") || schema.flag("nullable")) {
            return Struct.builder().putUnlessEmpty("description", schema.text("description")).build();
        }
        Struct.Builder b = Struct.builder();
        schema.forEach((name, value) -> {
            if (name.equals("properties") && value instanceof Struct properties) {
                Struct.Builder inner = Struct.builder();
                properties.forEach((n, v) -> inner.put(n, v instanceof Struct s ? two(s) : v));
                b.put(name, inner.build());
            } else if (!THREE_ONLY.contains(name)) {
                b.put(name, (name.equals("items") || name.equals("additionalProperties")) && value instanceof Struct s
                        ? two(s) : value);
            }
        });
        return b.build();
    }
}
