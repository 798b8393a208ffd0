package io.k3j.schema;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stands inside `allOf`, `anyOf`, `oneOf` and `not`, however deep: it adds rules for values only, on what the
/// schema itself has. Fields, types, defaults and rules in CEL would be followed by nobody there. Upstream's
/// `validateNestedValueValidation` and `validateNestedValueValidationCompleteness`. For one schema and one thread.
final class StructuralBranches {
    private static final List<String> LISTS = List.of("allOf", "anyOf", "oneOf");
    private static final Map<String, String> FORBIDDEN = forbidden();
    private static final Seq INT_OR_STRING = Seq.of(Struct.of("type", "integer"), Struct.of("type", "string"));
    private final List<Violation> found;
    private final SchemaPatterns patterns;

    StructuralBranches(List<Violation> found, SchemaPatterns patterns) {
        this.found = found;
        this.patterns = patterns;
    }

    /// Why each keyword is refused.
    private static Map<String, String> forbidden() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("type", "must be empty");
        all.put("additionalProperties", "must be undefined");
        all.put("default", "must be undefined");
        all.put("title", "must be empty");
        all.put("description", "must be empty");
        all.put("nullable", "must be false");
        all.put("x-kubernetes-preserve-unknown-fields", "must be false");
        all.put("x-kubernetes-embedded-resource", "must be false");
        all.put("x-kubernetes-int-or-string", "must be false");
        all.put("x-kubernetes-list-map-keys", "must be empty");
        all.put("x-kubernetes-list-type", "must be undefined");
        all.put("x-kubernetes-map-type", "must be undefined");
        all.put("x-kubernetes-validations", "must be empty");
        return all;
    }

    /// A place of the schema itself, beside a branch that speaks of it.
    ///
    /// @param schema null where the schema has no such place
    /// @param asked whether that is told; not below a place of which it was
    private record Own(@Nullable Struct schema, String path, boolean asked) {
        boolean missing() {
            return asked && schema == null;
        }

        Own told() {
            return new Own(null, path, false);
        }

        Own field(String name) {
            Object below = schema == null ? null : schema.struct("properties").get(name);
            return new Own(below instanceof Struct s ? s : null, path + ".properties[" + name + "]", asked);
        }

        Own items() {
            Object below = schema == null ? null : schema.get("items");
            return new Own(below instanceof Struct s ? s : null, path + ".items", asked);
        }
    }

    /// The branches of a place of the schema itself. The two forms that say int-or-string are taken as they are.
    void of(Struct schema, String path) {
        boolean anyOf = schema.seq("anyOf").equals(INT_OR_STRING);
        boolean allOf = !schema.seq("allOf").isEmpty()
                && schema.seq("allOf").struct(0).seq("anyOf").equals(INT_OR_STRING);
        values(schema, path, new Own(schema, path, true), anyOf, allOf);
    }

    private void values(Struct v, String path, Own own, boolean skipAnyOf, boolean skipFirstAllOf) {
        for (String name : LISTS) {
            Seq all = v.seq(name);
            for (int i = 0; i < all.size() && !(skipAnyOf && name.equals("anyOf")); i++) {
                nested(all.struct(i), path + "." + name + "[" + i + "]", own,
                        skipFirstAllOf && name.equals("allOf") && i == 0);
            }
        }
        if (v.get("not") instanceof Struct not) {
            nested(not, path + ".not", own, false);
        }
    }

    private void nested(Struct v, String path, Own beside, boolean skipAnyOf) {
        pattern(v, path);
        FORBIDDEN.forEach((name, why) -> {
            if (says(v.get(name))) {
                found.add(Violation.forbidden(path + "." + name, why + " to be structural"));
            }
        });
        if (beside.missing()) {
            found.add(Violation.required(beside.path, "because it is defined in " + path));
        }
        Own own = beside.missing() ? beside.told() : beside;
        values(v, path, own, skipAnyOf, false);
        if (v.get("items") instanceof Struct items) {
            nested(items, path + ".items", own.items(), false);
        }
        v.struct("properties").forEach((name, below) -> {
            String at = path + ".properties[" + name + "]";
            if (name.equals("metadata")) {
                found.add(Violation.forbidden(at, "must not be specified in a nested context"));
            }
            if (below instanceof Struct inner) {
                nested(inner, at, own.field(name), false);
            }
        });
        // refused as such; what is in it is told as well, since people repair a schema in one go
        if (v.get("additionalProperties") instanceof Struct values) {
            nested(values, path + ".additionalProperties", own.told(), false);
        }
    }

    /// Whether a keyword says anything: what Go has where nothing is written does not.
    static boolean says(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Null _ -> false;
            case Boolean b -> b;
            case String s -> !s.isEmpty();
            case Seq s -> !s.isEmpty();
            default -> true;
        };
    }

    /// Checks the `pattern` of a place, in branches or not.
    void pattern(Struct schema, String path) {
        String pattern = schema.text("pattern");
        if (pattern.isEmpty()) {
            return;
        }
        try {
            patterns.compile(pattern);
        } catch (com.google.re2j.PatternSyntaxException e) {
            found.add(new Violation(path + ".pattern", "FieldValueInvalid", "Invalid value: " + Flow.text(pattern)
                    + ": must be a valid regular expression, but isn't: " + e.getMessage()));
        }
    }
}
