package io.k3j.cel;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelProgram;
import java.util.Map;

/// Expressions tried out: their result, failure or cost as a text.
final class Tried {
    /// However slow the machine is, costs are what ends them.
    static final Cel CEL = new CelService(() -> 0);

    private Tried() {
    }

    /// What an expression without variables gives.
    static String literal(String expression) {
        return result(expression, CelDeclarations.of(Map.of()), Map.of());
    }

    static String result(String expression, CelDeclarations declarations, Map<String, ?> variables) {
        return switch (CEL.environment(declarations).compile(expression)) {
            case CelCompilation.Failed(String detail) -> detail;
            case CelCompilation.Done(CelProgram program) -> shown(
                    program.evaluate(variables, CelBudget.of(CelBudget.SHARED)));
        };
    }

    static String shown(CelEvaluation evaluation) {
        return switch (evaluation) {
            case CelEvaluation.Value v -> v.tree().get().toString();
            case CelEvaluation.Failure(CelEvaluation.Reason reason, String message) -> reason
                    + ": " + message;
        };
    }

    static CelProgram program(String expression, CelDeclarations declarations) {
        return switch (CEL.environment(declarations).compile(expression)) {
            case CelCompilation.Done(CelProgram program) -> program;
            case CelCompilation.Failed(String detail) -> throw new AssertionError(detail);
        };
    }

    /// What it costs.
    static long cost(String expression, CelDeclarations declarations, Map<String, ?> variables) {
        CelBudget budget = CelBudget.of(CelBudget.SHARED);
        program(expression, declarations).evaluate(variables, budget);
        return CelBudget.SHARED - budget.left();
    }
}
