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
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Evaluates the rules of an object, with upstream's messages and within upstream's budget. What has not changed does
/// not fail: it is a warning. Rules that compare with `oldSelf` are never told so, and are left out where there is
/// none. Ends behind [FieldPaths#MOST] failures and one more. For one object and one thread.
final class RuleWalk {
    private static final String OUT_OF_BUDGET = "failed due to running out of cost budget, no further validation rules"
            + " will be run";
    /// At the root both objects were converted to one version, so that a change of it cannot be seen.
    private static final Set<String> TYPE_FIELDS = Set.of("apiVersion", "kind");
    private static final String CALL_LIMIT = "no further validation rules will be run due to call cost exceeds limit"
            + " for ";
    private final CelBudget budget;
    private final List<FieldProblem> found = new ArrayList<>();
    private final Consumer<String> warning;
    private int warnings;
    private boolean ended;

    /// @param warning told of what fails and has not changed
    /// @param over whether the time for the object is over
    RuleWalk(Consumer<String> warning, BooleanSupplier over) {
        this.warning = warning;
        this.budget = CelBudget.of(CelBudget.SHARED, over);
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

        /// Of what is never as it was, whatever stands around it.
        static Past changed(@Nullable Object was) {
            return new Past(was == Null.NULL ? null : was, null, null);
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

    /// What fails of any value that is compared with itself and, where nothing does, with nothing, as upstream does
    /// with default values: some rules look whether there was a value before. The costs of several calls are counted
    /// together.
    ///
    /// @param at begins every path that is told
    List<FieldProblem> standing(RuleNode rules, Object value, String at) {
        int told = found.size();
        RulePlace place = new RulePlace(null, at);
        if (!ended) {
            value(rules, value, place, new Past(value, null, null));
        }
        if (!ended && found.size() == told) {
            value(rules, value, place, Past.changed(null));
        }
        return List.copyOf(found.subList(told, found.size()));
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
            if (budget.over()) {
                end(node, at, "operation interrupted evaluating rule: " + rule.shown());
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
                Correlation here = past.here == null ? null : past.here.field(name, below.shape(), s.value(i));
                value(below, s.value(i), field != null ? RulePlace.field(at, name) : RulePlace.key(at, name),
                        at == null && TYPE_FIELDS.contains(name) ? Past.changed(was) : past.below(was, here));
            }
        }
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
        switch (evaluate(program, variables)) {
            case CelEvaluation.Value value when value.holds() -> {
            }
            case CelEvaluation.Value _ -> refuse(node, rule, v, at, new Refusal(variables, past));
            case Failure failure -> failed(node, rule, at, failure);
        }
    }

    /// Takes something even for what costs nothing: so often a rule is evaluated at most.
    private CelEvaluation evaluate(CelProgram program, Map<String, Object> variables) {
        long before = budget.left();
        CelEvaluation outcome = program.evaluate(variables, budget);
        if (budget.left() == before) {
            budget.spend(1);
        }
        return outcome;
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
        told(rule, switch (rule.written().reason()) {
            case "FieldValueForbidden" -> FieldProblem.forbidden(path, detail);
            case "FieldValueRequired" -> FieldProblem.required(path, detail);
            case "FieldValueDuplicate" -> new FieldProblem(path, "FieldValueDuplicate", "Duplicate value" + shown);
            default -> new FieldProblem(path, "FieldValueInvalid", "Invalid value" + shown + ": " + detail);
        }, refusal);
    }

    /// What has not changed is a warning.
    /// @return whether it is more than that
    private boolean told(RuleNode.Compiled rule, FieldProblem problem, Refusal refusal) {
        boolean refused = rule.usesOldSelf() || !refusal.past.unchanged();
        if (refused) {
            tell(problem);
        } else if (warnings++ < FieldPaths.MOST) {
            warning.accept(problem.toString());
        }
        return refused;
    }

    /// Why the value is refused; null when that was told already.
    private @Nullable String detail(RuleNode node, RuleNode.Compiled rule, @Nullable RulePlace at, Refusal refusal) {
        String otherwise = rule.written().message().isEmpty() ? "failed rule: " + rule.shown() : rule.shown();
        CelProgram message = rule.message();
        if (message == null) {
            return otherwise;
        }
        return switch (evaluate(message, refusal.variables)) {
            case CelEvaluation.Value value when value.value() instanceof String s && RuleMessages.fits(s.strip()) ->
                s.strip();
            case Failure(Reason reason, _) when reason == Reason.BUDGET -> {
                without(node, rule, at, refusal, "messageExpression evaluation " + OUT_OF_BUDGET);
                yield null;
            }
            case Failure(Reason reason, _) when reason == Reason.CALL_LIMIT -> {
                without(node, rule, at, refusal, CALL_LIMIT + "messageExpression: "
                        + Flow.text(rule.written().messageExpression()));
                yield null;
            }
            default -> otherwise;
        };
    }

    /// A rule that fails and has no message within its costs. Where that is but a warning, further rules are evaluated,
    /// as long as the costs of all allow it.
    private void without(RuleNode node, RuleNode.Compiled rule, @Nullable RulePlace at, Refusal refusal, String why) {
        ended |= told(rule, FieldProblem.invalid(RulePlace.text(at, rule.path()), node.type(), why), refusal);
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
