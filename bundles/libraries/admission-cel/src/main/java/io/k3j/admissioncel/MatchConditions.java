package io.k3j.admissioncel;

import io.k3j.admissioncel.ExpressionCompiler.Variable;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.model.Seq;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The `matchConditions` of a webhook or policy, compiled. A value; any thread.
/// @param variables that they see: a policy's, none of a webhook
public record MatchConditions(List<CompiledExpression> conditions, List<Variable> variables) {
    /// None: everything matches.
    public static final MatchConditions NONE = new MatchConditions(List.of(), List.of());

    /// How they are answered.
    public enum Verdict {
        /// All are true.
        MATCHES,
        /// One is false, or has failed and failures are ignored.
        EXCLUDED,
        /// None is false, and some have failed.
        FAILED
    }

    /// The answer.
    /// @param error of `FAILED`, else empty
    /// @param failures how many conditions have failed before it was given; those that a budget ended are none
    /// @param nanos how long that took, where not all hold
    public record Match(Verdict verdict, String error, int failures, long nanos) {
        /// Everything matches.
        public static final Match MATCHES = new Match(Verdict.MATCHES, "", 0, 0);
    }

    /// Those of a list, as it stands in an object.
    public static MatchConditions of(Seq conditions, ExpressionCompiler compiler) {
        return conditions.isEmpty() ? NONE
                : new MatchConditions(conditions.structs().stream()
                        .map(c -> compiler.condition(c.text("expression"))).toList(), compiler.variables());
    }

    /// Whether all hold. One that is false decides, whatever has failed before it.
    /// @param ignoresFailure `failurePolicy: Ignore`
    public Match match(AdmissionInput input, boolean ignoresFailure) {
        if (conditions.isEmpty()) {
            return Match.MATCHES;
        }
        long begun = System.nanoTime();
        CelBudget budget = CelBudget.of(CelBudget.MATCH_CONDITIONS);
        Map<String, Object> values = input.values(variables, budget);
        List<String> errors = new ArrayList<>(0);
        for (CompiledExpression condition : conditions) {
            switch (condition.evaluate(values, budget)) {
                case Failure f when f.reason() == Reason.BUDGET -> {
                    return failed(List.of(f.message()), ignoresFailure, 0, begun);
                }
                case Failure f -> errors.add(f.message());
                case CelEvaluation.Value v -> {
                    if (Boolean.FALSE.equals(v.value())) {
                        return new Match(Verdict.EXCLUDED, "", errors.size(), System.nanoTime() - begun);
                    }
                }
            }
        }
        return errors.isEmpty() ? Match.MATCHES : failed(errors, ignoresFailure, errors.size(), begun);
    }

    /// Several are told as upstream tells an aggregate.
    private static Match failed(List<String> errors, boolean ignoresFailure, int failures, long begun) {
        long nanos = System.nanoTime() - begun;
        if (ignoresFailure) {
            return new Match(Verdict.EXCLUDED, "", failures, nanos);
        }
        List<String> different = errors.stream().distinct().toList();
        return new Match(Verdict.FAILED, different.size() == 1 ? different.getFirst()
                : "[" + String.join(", ", different) + "]", failures, nanos);
    }
}
