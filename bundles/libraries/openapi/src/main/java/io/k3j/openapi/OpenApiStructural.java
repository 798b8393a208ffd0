package io.k3j.openapi;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A CRD's schema as OpenAPI publishes it. Goes through the structural part (`properties`, `items`,
/// `additionalProperties`); what stands in `allOf`, `anyOf`, `oneOf` and `not` stays as it was written.
///
/// What version 2 leaves out is what upstream's `ToStructuralOpenAPIV2` leaves out: kubectl validates by version 2 and
/// would refuse objects the server takes. Pure; goes as deep as the schema, which is bounded when a CRD is written.
final class OpenApiStructural {
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    /// What version 2 cannot say.
    private static final Set<String> THREE_ONLY = Set.of("oneOf", "anyOf", "allOf", "not", "nullable", "default");
    /// What version 2 leaves out where null or unknown fields are allowed: kubectl would refuse them.
    private static final Set<String> STRICT = Set.of("type", "items", "properties");
    /// Where `false` and `{}` are values.
    private static final Set<String> VALUES = Set.of("default", "example", "items", "additionalProperties", "not");
    /// What `x-kubernetes-int-or-string` means in OpenAPI.
    private static final Seq INT_OR_STRING = Seq.of(Struct.of("type", "integer"), Struct.of("type", "string"));
    private final boolean three;
    /// Put over what the schema itself says about these fields.
    private final Struct embedded;

    /// @param three whether everything can be said, as in version 3
    /// @param embedded the standard properties of an object inside an object
    OpenApiStructural(boolean three, Struct embedded) {
        this.three = three;
        this.embedded = embedded;
    }

    /// A schema, or one within it, as it is published.
    Struct published(Struct schema) {
        Struct.Builder b = Struct.builder();
        unfolded(schema).forEach((name, value) -> {
            if (says(schema, name)) {
                put(b, name, value(schema, name, value));
            }
        });
        Struct own = b.build();
        return schema.flag("x-kubernetes-embedded-resource") && (three || !keepsUnknown(schema)) ? whole(own) : own;
    }

    /// Whether fields the schema does not name are kept.
    static boolean keepsUnknown(Struct schema) {
        return schema.flag(PRESERVE);
    }

    /// `x-kubernetes-int-or-string` with the `anyOf` it stands for, unless that is written already. Where another
    /// `anyOf` stands, it goes into `allOf`: both have to hold.
    private static Struct unfolded(Struct s) {
        boolean written = INT_OR_STRING.equals(s.seq("anyOf"))
                || s.seq("allOf").structs().stream().limit(1).anyMatch(a -> INT_OR_STRING.equals(a.seq("anyOf")));
        if (!s.flag("x-kubernetes-int-or-string") || written) {
            return s;
        }
        if (s.seq("anyOf").isEmpty()) {
            return s.with("anyOf", INT_OR_STRING);
        }
        List<Object> all = new ArrayList<>(List.of(Struct.of("anyOf", INT_OR_STRING)));
        s.seq("allOf").forEach(all::add);
        return s.with("allOf", Seq.copyOf(all));
    }

    /// Whether a keyword is published in this version.
    private boolean says(Struct schema, String name) {
        boolean loose = schema.flag("nullable") || keepsUnknown(schema);
        return three || !THREE_ONLY.contains(name) && !(loose && STRICT.contains(name));
    }

    /// Nothing that says nothing, as Go leaves it out.
    private static void put(Struct.Builder b, String name, Object value) {
        if (VALUES.contains(name) && value != Null.NULL) {
            b.put(name, value);
        } else if (value != Null.NULL && !value.equals(Boolean.FALSE)) {
            b.putUnlessEmpty(name, value);
        }
    }

    /// What a keyword holds; schemas in it are published in turn.
    private Object value(Struct schema, String name, Object value) {
        if (name.equals("required") && !three) {
            return required(schema);
        }
        if (name.equals("properties") && value instanceof Struct properties) {
            Struct.Builder b = Struct.builder();
            properties.forEach((n, v) -> b.put(n, v instanceof Struct s ? published(s) : v));
            return b.build();
        }
        boolean node = name.equals("items") || name.equals("additionalProperties");
        return node && value instanceof Struct s ? published(s) : value;
    }

    /// Without the fields that may be null: kubectl takes null for missing and would refuse the object.
    private static Seq required(Struct schema) {
        Struct properties = schema.struct("properties");
        return Seq.copyOf(schema.seq("required").texts().stream()
                .filter(name -> !properties.struct(name).flag("nullable")).toList());
    }

    /// With what every object has; type fields are required even where the schema does not say so.
    private Struct whole(Struct own) {
        Struct.Builder properties = own.struct("properties").toBuilder();
        embedded.forEach(properties::put);
        List<Object> required = new ArrayList<>(own.seq("required").texts());
        for (String name : List.of("kind", "apiVersion")) {
            if (!required.contains(name)) {
                required.add(name);
            }
        }
        return own.with("properties", properties.build()).with("required", Seq.copyOf(required));
    }
}
