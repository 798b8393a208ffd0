package io.k3j.admissioncel;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An expression and what came of compiling it. A value; any thread.
/// @param program null: it does not compile
/// @param failure why not, in upstream's words; empty when it does
public record CompiledExpression(String expression, @Nullable CelProgram program, String failure) {
    private static final Map<String, CelType> PLAIN = Map.of("bool", CelType.Simple.BOOL, "int", CelType.Simple.INT,
            "double", CelType.Simple.DOUBLE, "string", CelType.Simple.STRING, "dyn", CelType.Simple.DYN);

    /// Whether it can be evaluated.
    public boolean valid() {
        return program != null;
    }

    /// What it results in; anything, where it does not compile. A plain one by its own name: what the engine has
    /// computed brings all types of its environment along.
    CelType type() {
        if (program == null) {
            return CelType.Simple.DYN;
        }
        CelType type = program.type();
        return type instanceof CelType.Computed computed ? PLAIN.getOrDefault(computed.name(), type) : type;
    }

    /// Evaluates it. A failure has upstream's words, that of a spent budget alone is for all expressions of the budget.
    /// @param values by [AdmissionInput#values]
    public CelEvaluation evaluate(Map<String, ?> values, CelBudget budget) {
        if (program == null) {
            return new Failure(Reason.ERROR, "compilation error: " + failure);
        }
        return switch (program.evaluate(values, budget)) {
            case Failure f when f.reason() != Reason.BUDGET ->
                new Failure(Reason.ERROR, "expression '" + expression + "' resulted in error: " + f.message());
            case CelEvaluation other -> other;
        };
    }
}
