package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The rules of structural schemas: those of upstream's `ValidateStructural` and the schema rules of
/// `ValidateCustomResourceDefinition`. For one schema and one thread; [#root] begins a walk that tells everything there
/// is, since people repair a CRD in one go.
final class StructuralCheck {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    /// Keywords of JSON Schema or OpenAPI that upstream does not take anywhere.
    private static final List<String> FORBIDDEN = List.of("$ref", "additionalItems", "definitions", "dependencies",
            "deprecated", "discriminator", "id", "patternProperties", "readOnly", "writeOnly", "xml");
    /// What may not stand inside allOf, anyOf, oneOf and not: everything that says which fields there are and how they
    /// are stored. Pruning and defaulting could not follow it there.
    private static final List<String> BRANCHES = List.of("type", "additionalProperties", "default", "title",
            "description",
            "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
            "x-kubernetes-map-type", "x-kubernetes-validations");
    /// The types that branches may name all the same, below `x-kubernetes-int-or-string`.
    private static final Set<String> INT_OR_STRING = Set.of("integer", "string");
    private final List<Violation> found = new ArrayList<>();

    /// @param path the schema's place, which begins every path that is told
    List<Violation> root(Struct schema, String path) {
        if (schema.text("type").isEmpty()) {
            required(path + ".type", "must not be empty at the root");
        } else if (!schema.text("type").equals("object")) {
            invalid(path + ".type", schema.text("type"), "must be object at the root");
        }
        metadata(schema, path);
        node(schema, path, "");
        return found;
    }

    /// `metadata` is known to the server; a schema may only restrict names.
    private void metadata(Struct schema, String path) {
        Struct meta = schema.struct("properties").struct("metadata");
        boolean more = meta.struct("properties").names().stream()
                .anyMatch(n -> !n.equals("name") && !n.equals("generateName"));
        if (more || meta.has("additionalProperties")) {
            forbidden(path + ".properties[metadata]",
                    "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    /// @param what where the node stands, for the message about a missing type; empty: no type is asked for
    private void node(Struct s, String path, String what) {
        boolean intOrString = s.flag("x-kubernetes-int-or-string");
        boolean preserve = s.flag("x-kubernetes-preserve-unknown-fields");
        String type = s.text("type");
        if (!what.isEmpty() && type.isEmpty() && !intOrString && !preserve) {
            required(path + ".type", "must not be empty for specified " + what);
        }
        if (!type.isEmpty() && !TYPES.contains(type)) {
            found.add(new Violation(path + ".type", "FieldValueNotSupported", "Unsupported value: \"" + type
                    + "\": supported values: " + String.join(", ", TYPES.stream().map(t -> "\"" + t + "\"").toList())));
        }
        if (intOrString && !type.isEmpty()) {
            forbidden(path + ".type", "must be empty if x-kubernetes-int-or-string is true");
        }
        keywords(s, path);
        extensions(s, path);
        lists(s, path);
        for (String name : List.of("allOf", "anyOf", "oneOf")) {
            int i = 0;
            for (Struct branch : s.seq(name).structs()) {
                branch(branch, s, path + "." + name + "[" + i++ + "]", intOrString);
            }
        }
        branch(s.struct("not"), s, path + ".not", intOrString);
        below(s, path);
    }

    /// The parts of a schema that are schemas themselves. Branches are not: they have rules of their own.
    private void below(Struct s, String path) {
        s.struct("properties").forEach((name, v) -> {
            if (v instanceof Struct inner) {
                node(inner, path + ".properties[" + name + "]", "object fields");
            }
        });
        if (s.get("additionalProperties") instanceof Struct inner) {
            node(inner, path + ".additionalProperties", "object fields");
        }
        if (s.get("items") instanceof Struct inner) {
            node(inner, path + ".items", "array items");
        }
    }

    /// Keywords that are not allowed, or not so.
    private void keywords(Struct s, String path) {
        FORBIDDEN.stream().filter(s::has).forEach(k -> forbidden(path + "." + k, k + " is not supported"));
        if (s.flag("uniqueItems")) {
            forbidden(path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
        if (s.get("items") instanceof Seq) {
            forbidden(path + ".items", "items must be a schema object and not an array");
        }
        if (s.has("additionalProperties")) {
            if (Boolean.FALSE.equals(s.get("additionalProperties"))) {
                forbidden(path + ".additionalProperties", "additionalProperties cannot be set to false");
            }
            if (!s.struct("properties").isEmpty()) {
                forbidden(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive");
            }
        }
        String pattern = s.text("pattern");
        if (!pattern.isEmpty() && StructuralShapes.compiled(pattern) == null) {
            invalid(path + ".pattern", pattern, "must be a valid regular expression, but isn't");
        }
        if (s.text("type").equals("array") && !s.has("items")) {
            required(path + ".items", "must be specified");
        }
    }

    /// `x-kubernetes-preserve-unknown-fields` and `x-kubernetes-embedded-resource`.
    private void extensions(Struct s, String path) {
        if (Boolean.FALSE.equals(s.get("x-kubernetes-preserve-unknown-fields"))) {
            found.add(new Violation(path + ".x-kubernetes-preserve-unknown-fields", "FieldValueInvalid",
                    "Invalid value: false: must be true or undefined"));
        }
        if (s.flag("x-kubernetes-embedded-resource")) {
            if (!s.text("type").equals("object")) {
                invalid(path + ".type", s.text("type"), "must be object if x-kubernetes-embedded-resource is true");
            }
            if (s.struct("properties").isEmpty() && !s.flag("x-kubernetes-preserve-unknown-fields")) {
                required(path + ".properties", "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields");
            }
        }
    }

    /// `x-kubernetes-list-type` and the keys of lists of type `map`.
    private void lists(Struct s, String path) {
        String type = s.text("x-kubernetes-list-type");
        List<String> keys = s.seq("x-kubernetes-list-map-keys").texts();
        if (!type.isEmpty() && !s.text("type").equals("array")) {
            invalid(path + ".type", s.text("type"), "must be array if x-kubernetes-list-type is specified");
        }
        if (!List.of("", "atomic", "set", "map").contains(type)) {
            found.add(new Violation(path + ".x-kubernetes-list-type", "FieldValueNotSupported", "Unsupported value: \""
                    + type + "\": supported values: \"atomic\", \"map\", \"set\""));
        }
        if (type.equals("map")) {
            if (keys.isEmpty()) {
                required(path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
            }
            keys(s.struct("items"), keys, path);
        } else if (!keys.isEmpty()) {
            forbidden(path + ".x-kubernetes-list-map-keys",
                    "must not be specified if x-kubernetes-list-type is not map");
        }
    }

    /// Server-side apply has to find a value for each key in every element.
    private void keys(Struct items, List<String> keys, String path) {
        for (String key : keys) {
            Struct property = items.struct("properties").struct(key);
            if (!items.struct("properties").has(key)) {
                invalid(path + ".x-kubernetes-list-map-keys", key, "must be a property of the items");
            } else if (!items.seq("required").contains(key) && !property.has("default")) {
                required(path + ".items.properties[" + key + "].default",
                        "this property is in x-kubernetes-list-map-keys, "
                                + "so it must have a default or be a required property");
            }
        }
    }

    /// A branch adds values' rules only, on fields the schema itself has.
    ///
    /// @param owner the schema the branch belongs to, at the same level
    /// @param intOrString whether the owner is an int-or-string
    private void branch(Struct branch, Struct owner, String path, boolean intOrString) {
        for (String k : BRANCHES) {
            boolean allowed = k.equals("type") && intOrString && INT_OR_STRING.contains(branch.text("type"));
            if (branch.has(k) && !allowed) {
                forbidden(path + "." + k, "must be empty to be structural");
            }
        }
        branch.struct("properties").forEach((name, v) -> {
            if (v instanceof Struct inner) {
                if (!owner.struct("properties").has(name) && !owner.has("additionalProperties")) {
                    required(path.substring(0, path.lastIndexOf('.')) + ".properties[" + name + "]",
                            "because it is defined in " + path + ".properties[" + name + "]");
                }
                branch(inner, owner.struct("properties").struct(name), path + ".properties[" + name + "]",
                        owner.struct("properties").struct(name).flag("x-kubernetes-int-or-string"));
            }
        });
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
