package io.k3j.resourcescrd;

import io.k3j.celapi.CelProgram;
import io.k3j.schema.SchemaRules;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The compiled validation rules of one place of a schema, and the places below it that have some. Immutable.
///
/// @param shape of the place
/// @param type as the schema has it, `object`; empty for int-or-string
/// @param fields by name
/// @param elements of list elements or of a map's values; null when they have no rules
record RuleNode(Shape shape, String type, List<Compiled> rules, Map<String, RuleNode> fields,
        @Nullable RuleNode elements) {
    /// One rule.
    ///
    /// @param program null when there is an error, or nothing is written
    /// @param message the `messageExpression`; null when there is none that compiles
    /// @param error why it does not compile, in upstream's words; empty when it does
    /// @param messageError the same of its `messageExpression`
    /// @param path its `fieldPath` as errors show it, empty for none
    record Compiled(SchemaRules.Cel written, @Nullable CelProgram program, @Nullable CelProgram message, String error,
            String messageError, String path) {
        /// Whether it compares with the value before.
        boolean usesOldSelf() {
            return program != null && program.uses(RuleCompiler.OLD_SELF);
        }

        /// What errors call it.
        String shown() {
            return (written.message().isEmpty() ? written.rule() : written.message()).strip();
        }
    }

    /// Whether there is no rule, here or below.
    boolean silent() {
        return rules.isEmpty() && fields.isEmpty() && elements == null;
    }
}
