package io.k3j.authoidc;

import io.k3j.authoidc.Evaluation.Variable;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelProgram;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import java.util.List;

/// A compiled expression, and what upstream makes of its values. Immutable; any thread.
/// @param escapes whether it may name something by an escaped identifier
record Expression(CelProgram program, boolean escapes) {
    private static final String TEXTS = "expression must return a string or a list of strings";

    /// It has no value, or one of another type.
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String why) {
            super(why, null, false, false);
        }
    }

    /// Of a compilation without a problem.
    static Expression of(ClaimExpressions.Outcome outcome) {
        CelProgram program = outcome.program();
        if (program == null) {
            throw new IllegalArgumentException(outcome.problem());
        }
        return new Expression(program, program.expression().contains("__"));
    }

    /// As it was written.
    String text() {
        return program.expression();
    }

    /// Its value.
    CelEvaluation.Value value(Variable of) throws Failed {
        return switch (program.evaluate(of.values(escapes), of.budget())) {
            case CelEvaluation.Value value -> value;
            case CelEvaluation.Failure(CelEvaluation.Reason _, String message) ->
                throw new Failed("expression '" + text() + "' resulted in error: " + message);
        };
    }

    /// Its value as texts: one or a list; empty ones and null are none.
    List<String> texts(Variable of) throws Failed {
        CelEvaluation.Value value = value(of);
        Object tree;
        try {
            tree = value.tree().get();
        } catch (IllegalArgumentException noTree) {
            throw new Failed(TEXTS);
        }
        if (value.value() instanceof String one) {
            return one.isEmpty() ? List.of() : List.of(one);
        }
        if (tree == Null.NULL) {
            return List.of();
        }
        if (tree instanceof Seq list && list.stream().allMatch(String.class::isInstance)) {
            return list.texts().stream().filter(t -> !t.isEmpty()).toList();
        }
        throw new Failed(TEXTS);
    }
}
