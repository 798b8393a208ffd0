package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The rules of structural schemas, upstream's `ValidateStructural`; what else a CRD may not say in a schema is the
/// business of `SchemaKeywords` of `resources-crd`. For one schema and one thread; [#root] begins a walk that tells
/// everything there is, since people repair a CRD in one go.
final class StructuralCheck {
    private static final String AT_ROOT = "at the root";
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    private static final String INT_OR_STRING = "x-kubernetes-int-or-string";
    private static final String EMBEDDED = "x-kubernetes-embedded-resource";
    /// What has the types it has, in any object.
    private static final List<String> META = List.of("apiVersion", "kind", "metadata");
    private final List<Violation> found = new ArrayList<>();
    private final StructuralBranches branches = new StructuralBranches(found, new SchemaPatterns());

    /// @param path the schema's place, which begins every path that is told
    List<Violation> root(Struct schema, String path) {
        String type = schema.text("type");
        if (!type.isEmpty() && !type.equals("object")) {
            invalid(path + ".type", type, "must be object at the root");
        }
        if (schema.has("additionalProperties")) {
            forbidden(path + ".additionalProperties", "must not be used at the root");
        }
        metadata(schema.struct("properties"), path);
        node(schema, path, AT_ROOT);
        return found;
    }

    /// `metadata` is known to the server; a schema may only restrict names.
    private void metadata(Struct properties, String path) {
        Struct meta = properties.struct("metadata");
        Struct names = meta.struct("properties").without("name").without("generateName");
        Struct more = meta.without("type").without("default").without("properties");
        if (!names.isEmpty() || more.names().stream().anyMatch(n -> StructuralBranches.says(more.get(n)))) {
            forbidden(path + ".properties[metadata]",
                    "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    /// The type fields and `metadata` of a whole object are of the types they have everywhere.
    private void metaTypes(Struct properties, String path) {
        for (String name : META) {
            String wanted = name.equals("metadata") ? "object" : "string";
            if (properties.get(name) instanceof Struct s && !s.text("type").equals(wanted)) {
                invalid(path + ".properties[" + name + "].type", s.text("type"), "must be " + wanted);
            }
        }
    }

    /// @param where the node stands, for the message about a missing type
    private void node(Struct s, String path, String where) {
        type(s, path, where);
        branches.pattern(s, path);
        if (s.text("type").equals("array") && !s.has("items")) {
            required(path + ".items", "must be specified");
        }
        extensions(s, path);
        if (where.equals(AT_ROOT) || s.flag(EMBEDDED)) {
            metaTypes(s.struct("properties"), path);
        }
        branches.of(s, path);
        below(s, path);
    }

    private void type(Struct s, String path, String where) {
        String type = s.text("type");
        if (s.flag(EMBEDDED) && !type.equals("object")) {
            String why = "must be object if " + EMBEDDED + " is true";
            if (type.isEmpty()) {
                required(path + ".type", why);
            } else {
                invalid(path + ".type", type, why);
            }
        } else if (type.isEmpty() && !s.flag(PRESERVE) && !s.flag(INT_OR_STRING)) {
            required(path + ".type", "must not be empty " + where);
        }
    }

    /// The parts of a schema that are schemas themselves. Branches are not: they have rules of their own.
    private void below(Struct s, String path) {
        s.struct("properties").forEach((name, v) -> {
            if (v instanceof Struct inner) {
                node(inner, path + ".properties[" + name + "]", "for specified object fields");
            }
        });
        if (s.get("additionalProperties") instanceof Struct inner) {
            node(inner, path + ".additionalProperties", "for specified object fields");
        }
        if (s.get("items") instanceof Struct inner) {
            node(inner, path + ".items", "for specified array items");
        }
    }

    /// What contradicts `x-kubernetes-int-or-string` or `x-kubernetes-embedded-resource`.
    private void extensions(Struct s, String path) {
        if (s.flag(INT_OR_STRING)) {
            for (String name : List.of(PRESERVE, EMBEDDED)) {
                if (s.flag(name)) {
                    found.add(new Violation(path + "." + name, "FieldValueInvalid",
                            "Invalid value: true: must be false if " + INT_OR_STRING + " is true"));
                }
            }
        }
        if (s.flag(EMBEDDED)) {
            if (s.has("additionalProperties")) {
                forbidden(path + ".additionalProperties", "must not be used if " + EMBEDDED + " is set");
            }
            if (s.struct("properties").isEmpty() && !s.flag(PRESERVE)) {
                required(path + ".properties", "must not be empty if " + EMBEDDED + " is true without " + PRESERVE);
            }
        }
    }

    private void required(String path, String detail) {
        found.add(Violation.required(path, detail));
    }

    private void forbidden(String path, String detail) {
        found.add(Violation.forbidden(path, detail));
    }

    private void invalid(String path, String value, String detail) {
        found.add(new Violation(path, "FieldValueInvalid", "Invalid value: \"" + value + "\": " + detail));
    }
}
