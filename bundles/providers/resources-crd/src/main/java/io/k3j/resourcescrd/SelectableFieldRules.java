package io.k3j.resourcescrd;

import io.k3j.apimachinery.JsonPath;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rules of `selectableFields` of a version, with upstream's messages. Pure.
final class SelectableFieldRules {
    private static final int MOST = 8;
    private static final Set<String> TYPES = Set.of("string", "boolean", "integer");

    private SelectableFieldRules() {
    }

    /// @param schema of the version
    /// @param kept whether these are the fields that are stored: more than there may be may stay
    /// @param at the place of the version
    static void check(Seq fields, Struct schema, boolean kept, Problems at) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            Problems p = at.at("selectableFields", i).at("jsonPath");
            String path = fields.struct(i).text("jsonPath");
            if (path.isEmpty()) {
                p.required("");
                continue;
            }
            List<String> steps = steps(path);
            Struct leaf = steps.isEmpty() ? Struct.EMPTY : leaf(schema, steps);
            if (leaf == null || steps.isEmpty()) {
                p.invalid(path, "is an invalid path: does not refer to a valid field");
                continue;
            }
            if (steps.getFirst().equals("metadata")) {
                p.invalid(path, "must not point to fields in metadata");
            }
            if (!TYPES.contains(leaf.text("type"))) {
                p.invalid(path, "must point to a field of type string, boolean or integer. Enum string fields and"
                        + " strings with formats are allowed.");
            }
            if (!seen.add(String.join(".", steps))) {
                p.duplicate(path);
            }
        }
        if (seen.size() > MOST && !kept) {
            at.add(FieldProblem.tooMany(at.at("selectableFields").path(), seen.size(), MOST));
        }
    }

    /// The fields from the root; empty for a path with anything else in it, as an index.
    private static List<String> steps(String path) {
        try {
            return JsonPath.parse(path).fields();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static @Nullable Struct leaf(Struct schema, List<String> steps) {
        Struct now = schema;
        for (String step : steps) {
            if (step.equals("metadata") && now == schema) {
                return Struct.of("type", "string");
            }
            Struct named = now.struct("properties");
            Object next = named.isEmpty() ? now.get("additionalProperties") : named.get(step);
            if (!(next instanceof Struct below)) {
                return null;
            }
            now = below;
        }
        return now;
    }
}
