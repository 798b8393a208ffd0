package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.schema.FieldPaths;
import io.k3j.schema.Pruning;
import io.k3j.schema.Shape;
import io.k3j.schema.Validation;
import io.k3j.schema.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks a structural schema for default values that it would refuse itself: every object they are filled in would be.
/// As upstream, a value is taken as it is written, without the defaults of the fields in it. What stands in `metadata`
/// is not looked at. Ends behind [FieldPaths#MOST] problems. For one schema and one thread.
final class DefaultProblems {
    private static final Set<String> META = Set.of("apiVersion", "kind", "metadata");
    private final @Nullable Judge rules;
    private final boolean pruned;
    private final List<FieldProblem> found = new ArrayList<>();

    /// Evaluates the rules of a place and below it.
    @FunctionalInterface
    interface Judge {
        /// What fails.
        List<FieldProblem> check(Shape shape, Object value, String at);
    }

    /// @param rules null where they do not compile
    /// @param pruned whether unknown fields are refused
    DefaultProblems(@Nullable Judge rules, boolean pruned) {
        this.rules = rules;
        this.pruned = pruned;
    }

    /// All problems.
    ///
    /// @param at the schema's place, as `spec.validation.openAPIV3Schema`
    List<FieldProblem> check(Struct schema, Shape shape, String at) {
        below(schema, shape, at, true);
        return found;
    }

    /// @param object whether it is a whole object, with type and metadata
    private void below(Struct s, Shape shape, String at, boolean object) {
        if (s.get("items") instanceof Struct items) {
            node(items, shape.items(), at + ".items");
        }
        s.struct("properties").forEach((name, v) -> {
            Shape child = shape.child(name);
            if (v instanceof Struct inner && child != null && !(object && META.contains(name))) {
                node(inner, child, at + ".properties[" + name + "]");
            }
        });
    }

    private void node(Struct s, Shape shape, String at) {
        Object value = s.get("default");
        if (value != null && value != Null.NULL && found.size() <= FieldPaths.MOST) {
            value(shape, value, at + ".default");
        }
        below(s, shape, at, s.flag("x-kubernetes-embedded-resource"));
    }

    private void value(Shape shape, Object value, String at) {
        if (pruned && !Pruning.knows(shape, value)) {
            found.add(FieldProblem.invalid(at, value, "must not have unknown fields"));
        }
        List<Violation> violations = Validation.check(shape, value, "");
        violations.forEach(v -> found.add(new FieldProblem(below(at, v.field()), v.reason(), v.message())));
        if (violations.isEmpty() && rules != null && RuleCompiler.any(shape)) {
            found.addAll(rules.check(shape, value, at));
        }
    }

    private static String below(String at, String field) {
        return field.isEmpty() || field.startsWith("[") ? at + field : at + "." + field;
    }
}
