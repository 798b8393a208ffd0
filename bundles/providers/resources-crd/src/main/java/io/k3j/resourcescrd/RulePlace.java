package io.k3j.resourcescrd;

import io.k3j.schema.FieldPaths;
import org.jspecify.annotations.Nullable;

/// Where a rule is evaluated, as a chain of steps: its text is made for those that fail only. Immutable.
///
/// @param above null at the top
/// @param step `.name` of a field, `[key]`, `[0]`
record RulePlace(@Nullable RulePlace above, String step) {
    /// What upstream shows for a path that has no step.
    static final String ROOT = "<nil>";

    static RulePlace field(@Nullable RulePlace above, String name) {
        return new RulePlace(above, "." + FieldPaths.shortened(name));
    }

    static RulePlace key(@Nullable RulePlace above, String key) {
        return new RulePlace(above, "[" + FieldPaths.shortened(key) + "]");
    }

    static RulePlace index(@Nullable RulePlace above, int index) {
        return new RulePlace(above, "[" + index + "]");
    }

    /// The path, with what a rule blames below it.
    ///
    /// @param below as [RuleFieldPath#normalized] gives it, empty for the place itself
    static String text(@Nullable RulePlace place, String below) {
        StringBuilder b = new StringBuilder();
        for (RulePlace p = place; p != null; p = p.above) {
            b.insert(0, p.step);
        }
        if (!below.isEmpty()) {
            b.append('.').append(below);
        }
        return b.isEmpty() ? ROOT : b.charAt(0) == '.' ? b.substring(1) : b.toString();
    }
}
