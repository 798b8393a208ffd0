package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rules of structural schemas: those of upstream's `ValidateStructural` and the schema rules of
/// `ValidateCustomResourceDefinition`. For one schema and one thread; [#root] begins a walk that tells everything there
/// is, since people repair a CRD in one go.
final class StructuralCheck {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    /// Keywords of JSON Schema or OpenAPI that upstream does not take anywhere.
    private static final List<String> FORBIDDEN = List.of("$ref", "additionalItems", "definitions", "dependencies",
            "deprecated", "discriminator", "id", "patternProperties", "readOnly", "writeOnly", "xml");
    /// What must not have a default at the top, and has the types it has.
    private static final List<String> META = List.of("apiVersion", "kind", "metadata");
    private final List<Violation> found = new ArrayList<>();
    private final StructuralBranches branches = new StructuralBranches(found, new SchemaPatterns());

    /// @param path the schema's place, which begins every path that is told
    List<Violation> root(Struct schema, String path) {
        if (schema.text("type").isEmpty()) {
            required(path + ".type", "must not be empty at the root");
        } else if (!schema.text("type").equals("object")) {
            invalid(path + ".type", schema.text("type"), "must be object at the root");
        }
        if (schema.has("additionalProperties")) {
            forbidden(path + ".additionalProperties", "must not be used at the root");
        }
        metadata(schema.struct("properties"), path);
        Struct properties = schema.struct("properties");
        META.forEach(name -> defaults(properties.get(name), path + ".properties[" + name + "]", name));
        node(schema, path, "");
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

    /// Who makes an object has to name it: nothing is filled in there, however deep it stands.
    private void defaults(@Nullable Object value, String path, String top) {
        switch (value) {
            case Struct s -> {
                if (s.has("default") && s.get("default") != Null.NULL) {
                    forbidden(path + ".default", "must not be set in top-level " + top);
                }
                s.struct("properties").forEach((name, v) -> defaults(v, path + ".properties[" + name + "]", top));
                defaults(s.get("items"), path + ".items", top);
                defaults(s.get("additionalProperties"), path + ".additionalProperties", top);
            }
            case null, default -> {
            }
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
        if (what.isEmpty() || s.flag("x-kubernetes-embedded-resource")) {
            metaTypes(s.struct("properties"), path);
        }
        lists(s, path);
        branches.of(s, path);
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
        branches.pattern(s, path);
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
        if (s.flag("x-kubernetes-int-or-string")) {
            for (String name : List.of("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")) {
                if (s.flag(name)) {
                    found.add(new Violation(path + "." + name, "FieldValueInvalid",
                            "Invalid value: true: must be false if x-kubernetes-int-or-string is true"));
                }
            }
        }
        if (s.flag("x-kubernetes-embedded-resource")) {
            if (s.has("additionalProperties")) {
                forbidden(path + ".additionalProperties",
                        "must not be used if x-kubernetes-embedded-resource is set");
            }
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

    /// Server-side apply has to find a value for each key in every element, and elements are told apart by it.
    private void keys(Struct items, List<String> keys, String path) {
        Struct properties = items.struct("properties");
        for (String key : keys) {
            Struct property = properties.struct(key);
            if (!properties.has(key)) {
                invalid(path + ".x-kubernetes-list-map-keys", key, "must be a property of the items");
                continue;
            }
            String at = path + ".items.properties[" + key + "]";
            if (!items.seq("required").contains(key) && !property.has("default")) {
                required(at + ".default", "this property is in x-kubernetes-list-map-keys, "
                        + "so it must have a default or be a required property");
            }
            if (property.flag("nullable")) {
                forbidden(at + ".nullable",
                        "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
            }
            if (Set.of("array", "object").contains(property.text("type"))) {
                invalid(at + ".type", property.text("type"),
                        "must be a scalar type if parent array's x-kubernetes-list-type is map");
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
