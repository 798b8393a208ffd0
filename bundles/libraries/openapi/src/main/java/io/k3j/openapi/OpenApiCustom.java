package io.k3j.openapi;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;

/// Definitions of custom resources and their lists, as upstream publishes them: with the standard fields put in. What
/// `apiextensions-apiserver`'s `controller/openapi/builder` makes. For one document and one thread.
final class OpenApiCustom {
    /// Follows a sentence; a part of that page may follow it.
    private static final String MORE = " More info: "
            + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";
    private final OpenApiDefinitions definitions;
    /// Of this only the descriptions of `apiVersion` and `kind` are read.
    private final Shape standard;
    private final boolean three;

    /// @param definitions takes the references to `ObjectMeta` and `ListMeta`
    /// @param standard any built-in object, whose type fields are described as those of all
    /// @param three whether it is version 3
    OpenApiCustom(OpenApiDefinitions definitions, Shape standard, boolean three) {
        this.definitions = definitions;
        this.standard = standard;
        this.three = three;
    }

    /// The definition of the kind, from the schema as the CRD has it and not from the shape: what was written is what
    /// people want to read.
    Struct definition(Shape shape, Gvk kind) {
        Struct source = shape.source();
        Struct.Builder b = Struct.builder();
        // kubectl takes whatever is not among the properties for unknown: where any is allowed none is named
        if (three || !OpenApiStructural.keepsUnknown(source)) {
            Struct own = new OpenApiStructural(three, embedded()).published(source);
            Struct.Builder properties = own.struct("properties").toBuilder();
            typed(properties);
            properties.put("metadata", metadata("ObjectMeta", "Standard object's metadata." + MORE + "#metadata"));
            own.forEach(b::put);
            b.put("properties", properties.build());
        }
        return b.put("type", "object").put("x-kubernetes-group-version-kind", Seq.of(OpenApiDefinitions.gvk(kind)))
                .build();
    }

    /// The definition of its list.
    ///
    /// @param plural the resource's name
    /// @param item a reference to the kind
    Struct list(Gvk kind, String plural, Struct item) {
        Struct.Builder properties = Struct.builder();
        typed(properties);
        properties.put("items",
                Struct.of("type", "array", "items", item, "description", "List of " + plural + "." + MORE));
        properties.put("metadata", metadata("ListMeta", "Standard list metadata." + MORE + "#types-kinds"));
        Gvk list = new Gvk(kind.group(), kind.version(), kind.kind() + "List");
        return Struct.of("description", list.kind() + " is a list of " + kind.kind(), "type", "object",
                "properties", properties.build(), "required", Seq.of("items"), "x-kubernetes-group-version-kind",
                Seq.of(OpenApiDefinitions.gvk(list)));
    }

    /// `apiVersion` and `kind`, whatever the schema says about them.
    private void typed(Struct.Builder properties) {
        for (String name : new String[] {"apiVersion", "kind"}) {
            Field field = standard.field(name);
            properties.put(name, text(field == null ? "" : field.shape().description()));
        }
    }

    /// The standard properties of an object inside an object.
    private Struct embedded() {
        return Struct.of("apiVersion", text("apiVersion defines the versioned schema of this representation of an "
                + "object." + MORE + "#resources"), "kind", text(
                        "kind is a string value representing the type of this "
                                + "object. In CamelCase." + MORE + "#types-kinds"),
                "metadata", metadata("ObjectMeta", "Standard object's metadata." + MORE + "#metadata"));
    }

    private static Struct text(String description) {
        return Struct.of("description", description, "type", "string");
    }

    /// A reference with words beside it. Version 3 wraps it, for beside a `$ref` nothing else counts; version 2 has it
    /// as upstream writes it.
    private Struct metadata(String name, String description) {
        Struct ref = definitions.builtIn(OpenApiDefinitions.META + name);
        return three ? Struct.of("description", description, "allOf", Seq.of(ref))
                : ref.with("description", description);
    }
}
