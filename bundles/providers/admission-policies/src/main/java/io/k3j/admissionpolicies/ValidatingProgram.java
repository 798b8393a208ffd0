package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionInput;
import io.k3j.admissioncel.CompiledExpression;
import io.k3j.admissioncel.ExpressionCompiler;
import io.k3j.admissioncel.ExpressionCompiler.Variable;
import io.k3j.admissioncel.MatchConditions;
import io.k3j.celapi.Cel;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelType.Simple;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The expressions of a ValidatingAdmissionPolicy, compiled. A value; any thread.
record ValidatingProgram(MatchConditions conditions, List<Validation> validations, List<Annotation> annotations,
        List<Variable> variables) {
    /// Upstream's `MaxEvaluatedMessageExpressionSizeBytes`.
    private static final int LONGEST_MESSAGE = 5 * 1024;

    /// One validation.
    /// @param message null: it is told by `text`
    /// @param text what a refusal says where the message expression says nothing
    /// @param reason of a refusal
    record Validation(CompiledExpression expression, @Nullable CompiledExpression message, String text,
            String reason) {
        static Validation of(Struct v, ExpressionCompiler compiler) {
            String expression = v.text("expression");
            String message = v.text("message").strip();
            String messageExpression = v.text("messageExpression");
            return new Validation(compiler.condition(expression),
                    messageExpression.isEmpty() ? null : compiler.message(messageExpression, Simple.STRING),
                    message.isEmpty() ? "failed expression: " + expression.strip() : message,
                    v.text("reason", "Invalid"));
        }
    }

    /// One audit annotation.
    /// @param key without the name of the policy
    record Annotation(String key, CompiledExpression value) {
        static Annotation of(Struct a, ExpressionCompiler compiler) {
            return new Annotation(a.text("key"),
                    compiler.whole(a.text("valueExpression"), Simple.STRING, Simple.NULL));
        }
    }

    /// What came of all of it.
    /// @param decisions of the validations, in their order
    /// @param annotationFailures of audit annotations
    /// @param annotations what the others say, by their keys; those that say nothing are left out
    record Outcome(List<PolicyDecision> decisions, List<PolicyDecision> annotationFailures,
            Map<String, String> annotations) {
        static final Outcome NOTHING = new Outcome(List.of(), List.of(), Map.of());

        static Outcome failed(PolicyDecision decision) {
            return new Outcome(List.of(decision), List.of(), Map.of());
        }
    }

    static ValidatingProgram of(Cel cel, Struct spec) {
        ExpressionCompiler compiler = new ExpressionCompiler(cel, spec.get("paramKind") instanceof Struct);
        spec.seq("variables").structs().forEach(v -> compiler.variable(v.text("name"), v.text("expression")));
        return new ValidatingProgram(MatchConditions.of(spec.seq("matchConditions"), compiler),
                spec.seq("validations").structs().stream().map(v -> Validation.of(v, compiler)).toList(),
                spec.seq("auditAnnotations").structs().stream().map(a -> Annotation.of(a, compiler)).toList(),
                compiler.variables());
    }

    /// What the policy says of a request.
    /// @param ignoresFailure `failurePolicy: Ignore`
    /// @param nanos a clock that only goes forward
    Outcome evaluate(AdmissionInput input, boolean ignoresFailure, LongSupplier nanos) {
        CelBudget budget = CelBudget.of(CelBudget.SHARED);
        Map<String, Object> values = input.values(variables, budget);
        List<PolicyDecision> all = new ArrayList<>(validations.size());
        boolean anyDenied = false;
        for (Validation validation : validations) {
            long start = nanos.getAsLong();
            CelEvaluation result = validation.expression.evaluate(values, budget);
            long took = nanos.getAsLong() - start;
            if (result instanceof Failure f && f.reason() == Reason.BUDGET) {
                return Outcome.failed(PolicyDecision.failed(ignoresFailure, f.message(), took));
            }
            anyDenied |= result instanceof CelEvaluation.Value v && !v.holds();
            all.add(switch (result) {
                case Failure f -> PolicyDecision.failed(ignoresFailure, f.message(), took);
                case CelEvaluation.Value v -> new PolicyDecision(!v.holds(), false, "", validation.reason, took);
            });
        }
        List<PolicyDecision> told = anyDenied ? told(all, input, budget, ignoresFailure) : all;
        return annotations.isEmpty() ? new Outcome(told, List.of(), Map.of()) : annotated(told, input, ignoresFailure);
    }

    /// The refusals with their messages, which are evaluated only now: most requests are refused nothing. They are paid
    /// from what the validations have left.
    private List<PolicyDecision> told(List<PolicyDecision> decisions, AdmissionInput input, CelBudget budget,
            boolean ignoresFailure) {
        Map<String, Object> values = input.unauthorized().values(variables, budget);
        List<PolicyDecision> told = new ArrayList<>(decisions.size());
        for (int i = 0; i < decisions.size(); i++) {
            PolicyDecision decision = decisions.get(i);
            if (!decision.denied() || decision.failed()) {
                told.add(decision);
                continue;
            }
            Validation validation = validations.get(i);
            CelEvaluation message = validation.message == null ? CelEvaluation.Value.of("")
                    : validation.message.evaluate(values, budget);
            told.add(message instanceof Failure f && f.reason() == Reason.BUDGET
                    ? PolicyDecision.failed(ignoresFailure, "failed messageExpression: " + f.message(),
                            decision.nanos())
                    : new PolicyDecision(true, false, message(validation, message), validation.reason,
                            decision.nanos()));
        }
        return told;
    }

    /// A message that failed, is none, has several lines or is too long is not used.
    private static String message(Validation validation, CelEvaluation result) {
        String text = result instanceof CelEvaluation.Value v && v.value() instanceof String s ? s.strip() : "";
        boolean usable = !text.isEmpty() && text.indexOf('\n') < 0
                && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_MESSAGE;
        return usable ? text : validation.text;
    }

    private Outcome annotated(List<PolicyDecision> decisions, AdmissionInput input, boolean ignoresFailure) {
        CelBudget budget = CelBudget.of(CelBudget.SHARED);
        Map<String, Object> values = input.unauthorized().values(variables, budget);
        List<PolicyDecision> failures = new ArrayList<>(0);
        Map<String, String> said = new LinkedHashMap<>();
        for (Annotation annotation : annotations) {
            CelEvaluation result = annotation.value.evaluate(values, budget);
            if (result instanceof Failure f) {
                if (f.reason() == Reason.BUDGET) {
                    return Outcome.failed(PolicyDecision.failed(ignoresFailure, f.message(), 0));
                }
                failures.add(PolicyDecision.failed(ignoresFailure, f.message(), 0));
            } else if (result instanceof CelEvaluation.Value v && v.value() instanceof String text
                    && !text.isBlank()) {
                said.put(annotation.key, text.strip());
            }
        }
        return new Outcome(decisions, failures, said);
    }
}
