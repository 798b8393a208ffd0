package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Failure;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelProgram;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Correlation;
import io.k3j.schema.FieldPaths;
import io.k3j.schema.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Evaluates the rules of an object, with upstream's messages and within upstream's budget. What has not changed does
/// not fail: it is a warning. Rules that compare with `oldSelf` are never told so, and are left out where there is
/// none. Ends behind [FieldPaths#MOST] failures and one more. For one object and one thread.
final class RuleWalk {
    private static final String OUT_OF_BUDGET = "failed due to running out of cost budget, no further validation rules"
            + " will be run";
    private static final String CALL_LIMIT = "no further validation rules will be run due to call cost exceeds limit"
            + " for ";
    private final CelBudget budget = CelBudget.of(CelBudget.SHARED);
    private final List<FieldProblem> found = new ArrayList<>();
    private final Consumer<String> warning;
    private int warnings;
    private boolean ended;

    /// @param warning told of what fails and has not changed
    RuleWalk(Consumer<String> warning) {
        this.warning = warning;
    }

    /// What is compared with what.
    ///
    /// @param old the value before; null when there is none, or nobody can tell which
    /// @param here the same for telling what has changed, which knows nothing of the type fields
    /// @param above of the nearest value around it that `here` is known of
    private record Past(@Nullable Object old, @Nullable Correlation here, @Nullable Correlation above) {
        boolean unchanged() {
            return here != null ? here.unchanged() : above != null && above.unchanged();
        }

        Past below(@Nullable Object was, @Nullable Correlation correlation) {
            return new Past(was == Null.NULL ? null : was, correlation, here != null ? here : above);
        }
    }

    /// Everything that fails.
    List<FieldProblem> check(RuleNode rules, Struct object, @Nullable Struct before) {
        value(rules, object, null, new Past(before,
                before == null ? null : Correlation.of(rules.shape(), before, object), null));
        return found;
    }

    private void value(RuleNode node, Object v, @Nullable RulePlace at, Past past) {
        if (v == Null.NULL) {
            return;
        }
        if (!node.rules().isEmpty() && budget.left() <= 0) {
            end(node, at, "validation " + OUT_OF_BUDGET);
        }
        for (RuleNode.Compiled rule : node.rules()) {
            if (ended) {
                return;
            }
            rule(node, rule, v, at, past);
        }
        switch (v) {
            case Struct s -> struct(node, s, at, past);
            case Seq s -> seq(node, s, at, past);
            default -> {
            }
        }
    }

    private void struct(RuleNode node, Struct s, @Nullable RulePlace at, Past past) {
        for (int i = 0; i < s.size() && !ended; i++) {
            String name = s.name(i);
            RuleNode field = node.fields().get(name);
            RuleNode below = field != null ? field : node.elements();
            if (below != null) {
                Object was = past.old instanceof Struct old ? old.get(name) : null;
                Correlation here = past.here == null || typeField(past, name) ? null
                        : past.here.field(name, below.shape(), s.value(i));
                value(below, s.value(i), field != null ? RulePlace.field(at, name) : RulePlace.key(at, name),
                        past.below(was, here));
            }
        }
    }

    /// At the root, where both objects were converted to one version.
    private static boolean typeField(Past past, String name) {
        return past.above == null && (name.equals("apiVersion") || name.equals("kind"));
    }

    private void seq(RuleNode node, Seq s, @Nullable RulePlace at, Past past) {
        RuleNode below = node.elements();
        for (int i = 0; below != null && i < s.size() && !ended; i++) {
            Correlation here = past.here == null ? null : past.here.element(s.get(i));
            value(below, s.get(i), RulePlace.index(at, i), past.below(here == null ? null : here.before(), here));
        }
    }

    private void rule(RuleNode node, RuleNode.Compiled rule, Object v, @Nullable RulePlace at, Past past) {
        boolean optional = rule.written().optionalOldSelf();
        if (!rule.error().isEmpty()) {
            tell(typed(node, at, "rule compile error: " + rule.error()));
        }
        CelProgram program = rule.program();
        if (program == null || rule.usesOldSelf() && past.old == null && !optional) {
            return;
        }
        Map<String, Object> variables = new HashMap<>(Map.of(RuleCompiler.SELF, v));
        Object old = optional ? Optional.ofNullable(past.old) : past.old;
        if (old != null) {
            variables.put(RuleCompiler.OLD_SELF, old);
        }
        switch (program.evaluate(variables, budget)) {
            case CelEvaluation.Value value when value.holds() -> {
            }
            case CelEvaluation.Value _ -> refuse(node, rule, v, at, new Refusal(variables, past));
            case Failure failure -> failed(node, rule, at, failure);
        }
    }

    private void failed(RuleNode node, RuleNode.Compiled rule, @Nullable RulePlace at, Failure failure) {
        String message = failure.message();
        switch (failure.reason()) {
            case BUDGET -> end(node, at, "validation " + OUT_OF_BUDGET);
            case CALL_LIMIT -> end(node, at, "'" + message + "': " + CALL_LIMIT + "rule: " + rule.shown());
            case INTERRUPTED -> end(node, at, message + " evaluating rule: " + rule.shown());
            case ERROR -> tell(typed(node, at, message.startsWith("no such overload")
                    ? "'" + message + "': call arguments did not match a supported operator, function or macro"
                            + " signature for rule: " + rule.shown()
                    : message + " evaluating rule: " + rule.shown()));
        }
    }

    private record Refusal(Map<String, Object> variables, Past past) {
    }

    private void refuse(RuleNode node, RuleNode.Compiled rule, Object v, @Nullable RulePlace at, Refusal refusal) {
        String detail = detail(node, rule, at, refusal);
        if (detail == null) {
            return;
        }
        String shown = node.type().equals("object") || node.type().equals("array") ? "" : ": " + Flow.text(v);
        String path = RulePlace.text(at, rule.path());
        FieldProblem problem = switch (rule.written().reason()) {
            case "FieldValueForbidden" -> FieldProblem.forbidden(path, detail);
            case "FieldValueRequired" -> FieldProblem.required(path, detail);
            case "FieldValueDuplicate" -> new FieldProblem(path, "FieldValueDuplicate", "Duplicate value" + shown);
            default -> new FieldProblem(path, "FieldValueInvalid", "Invalid value" + shown + ": " + detail);
        };
        if (!rule.usesOldSelf() && refusal.past.unchanged()) {
            warn(problem);
        } else {
            tell(problem);
        }
    }

    private void warn(FieldProblem problem) {
        if (warnings++ < FieldPaths.MOST) {
            warning.accept(problem.toString());
        }
    }

    /// Why the value is refused; null when that was told already, and no more is to be evaluated.
    private @Nullable String detail(RuleNode node, RuleNode.Compiled rule, @Nullable RulePlace at, Refusal refusal) {
        String otherwise = rule.written().message().isEmpty() ? "failed rule: " + rule.shown() : rule.shown();
        CelProgram message = rule.message();
        if (message == null) {
            return otherwise;
        }
        return switch (message.evaluate(refusal.variables, budget)) {
            case CelEvaluation.Value value when value.value() instanceof String s && RuleMessages.fits(s.strip()) ->
                s.strip();
            case Failure(Reason reason, _) when reason == Reason.BUDGET -> {
                end(node, at, "messageExpression evaluation " + OUT_OF_BUDGET);
                yield null;
            }
            case Failure(Reason reason, _) when reason == Reason.CALL_LIMIT -> {
                end(node, at, CALL_LIMIT + "messageExpression: " + Flow.text(rule.written().messageExpression()));
                yield null;
            }
            default -> otherwise;
        };
    }

    private static FieldProblem typed(RuleNode node, @Nullable RulePlace at, String why) {
        return FieldProblem.invalid(RulePlace.text(at, ""), node.type(), why);
    }

    private void end(RuleNode node, @Nullable RulePlace at, String why) {
        tell(typed(node, at, why));
        ended = true;
    }

    private void tell(FieldProblem problem) {
        found.add(problem);
        ended |= found.size() > FieldPaths.MOST;
    }
}
