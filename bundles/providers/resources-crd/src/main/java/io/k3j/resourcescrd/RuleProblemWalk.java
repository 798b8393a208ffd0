package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Flow;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Walks a schema for what is wrong with its rules: how they are written first, then, where that is right at a place
/// and below it, whether they compile and what they cost. For one schema and one thread.
final class RuleProblemWalk {
    /// The most rules of one schema: each has to be compiled.
    static final int MOST_RULES = 5_000;
    private static final String RULES = "x-kubernetes-validations";
    private static final Set<String> REASONS = new TreeSet<>(List.of("FieldValueDuplicate", "FieldValueForbidden",
            "FieldValueInvalid", "FieldValueRequired"));
    private final Supplier<RuleCompiler> compiler;
    private final boolean structural;
    private final List<FieldProblem> written = new ArrayList<>();
    private final List<FieldProblem> compiled = new ArrayList<>();
    private final BooleanSupplier over;
    private final RuleCosts costs = new RuleCosts();
    private @Nullable RuleCompiler made;

    /// What the schemas around a place make of it.
    ///
    /// @param uncorrelated the list around it whose elements cannot be told apart, empty for none
    /// @param values how many there can be in one object, or [RuleCosts#UNBOUNDED]
    private record Around(String uncorrelated, long values) {
    }

    /// @param compiler asked for once there is something to compile
    /// @param over whether the time to compile is over
    RuleProblemWalk(Supplier<RuleCompiler> compiler, BooleanSupplier over, boolean structural) {
        this.compiler = compiler;
        this.over = over;
        this.structural = structural;
    }

    List<FieldProblem> check(Struct schema, Shape shape, String at) {
        if (rules(schema) > MOST_RULES) {
            return List.of(FieldProblem.forbidden(at, "the schema is too large: it must have at most " + MOST_RULES
                    + " validation rules"));
        }
        node(schema, shape, at, new Around("", 1));
        List<FieldProblem> all = new ArrayList<>(written);
        all.addAll(compiled);
        all.addAll(costs.together(at));
        return all;
    }

    /// How many there are, before any is looked at.
    private static long rules(@Nullable Object schema) {
        if (!(schema instanceof Struct s)) {
            return 0;
        }
        Struct properties = s.struct("properties");
        return s.seq(RULES).size() + properties.names().stream().mapToLong(n -> rules(properties.get(n))).sum()
                + rules(s.get("additionalProperties")) + rules(s.get("items"));
    }

    private void node(Struct s, Shape shape, String at, Around around) {
        int before = written.size();
        Around within = new Around(around.uncorrelated, RuleCosts.below(s, around.values));
        s.struct("properties").forEach((name, v) -> {
            Shape child = shape.child(name);
            if (v instanceof Struct inner && child != null) {
                node(inner, child, at + ".properties[" + name + "]", within);
            }
        });
        if (s.get("additionalProperties") instanceof Struct inner) {
            node(inner, shape.items(), at + ".additionalProperties", within);
        }
        if (s.get("items") instanceof Struct inner) {
            boolean keyed = s.text("x-kubernetes-list-type").equals("map");
            node(inner, shape.items(), at + ".items", keyed || !around.uncorrelated.isEmpty() ? within
                    : new Around(at, within.values));
        }
        Seq all = s.seq(RULES);
        for (int i = 0; i < all.size(); i++) {
            writing(all.struct(i), s, at + "." + RULES + "[" + i + "]");
        }
        if (structural && !all.isEmpty() && written.size() == before) {
            compiling(all, shape, at + "." + RULES, around);
        }
    }

    private void writing(Struct rule, Struct schema, String at) {
        String message = rule.text("message");
        if (rule.text("rule").isBlank()) {
            written.add(FieldProblem.required(at + ".rule", "rule is not specified"));
        } else if (!message.isEmpty() && message.isBlank()) {
            written.add(FieldProblem.invalid(at + ".message", message, "must be non-empty if specified"));
        } else if (RuleMessages.broken(message.strip())) {
            written.add(FieldProblem.invalid(at + ".message", message, "must not contain line breaks"));
        } else if (RuleMessages.broken(rule.text("rule").strip()) && message.isBlank()) {
            written.add(FieldProblem.required(at + ".message",
                    "message must be specified if rule contains line breaks"));
        }
        String expression = rule.text("messageExpression");
        if (!expression.isEmpty() && expression.isBlank()) {
            written.add(FieldProblem.required(at + ".messageExpression",
                    "messageExpression must be non-empty if specified"));
        }
        if (rule.has("reason") && !REASONS.contains(rule.text("reason"))) {
            written.add(FieldProblem.unsupported(at + ".reason", rule.text("reason"),
                    "\"" + String.join("\", \"", REASONS) + "\""));
        }
        fieldPath(rule.text("fieldPath"), schema, at + ".fieldPath");
    }

    private void fieldPath(String path, Struct schema, String at) {
        if (path.isEmpty()) {
            return;
        }
        if (path.isBlank()) {
            written.add(FieldProblem.invalid(at, path, "must be non-empty if specified"));
        }
        if (RuleMessages.broken(path)) {
            written.add(FieldProblem.invalid(at, path, "must not contain line breaks"));
        }
        if (RuleFieldPath.normalized(path, schema) == null) {
            written.add(FieldProblem.invalid(at, path, "must be a valid path"));
        }
    }

    private void compiling(Seq all, Shape shape, String at, Around around) {
        if (!shape.typed()) {
            compiled.add(new FieldProblem(at, "InternalError", "Internal error: internal error: failed to construct"
                    + " type information for x-kubernetes-validations rules: unable to convert structural schema to"
                    + " CEL declarations"));
            return;
        }
        RuleCompiler with = made == null ? compiler.get() : made;
        made = with;
        List<RuleNode.Compiled> results = with.rules(shape, over);
        for (int i = 0; i < results.size(); i++) {
            compiled(results.get(i), all.struct(i), at + "[" + i + "]", around);
        }
    }

    private void compiled(RuleNode.Compiled result, Struct rule, String at, Around around) {
        add(costs.rule(result.program(), around.values, at + ".rule"));
        if (!result.error().isEmpty()) {
            compiled.add(refused(at + ".rule", rule, result.error()));
        }
        if (!result.messageError().isEmpty()) {
            compiled.add(refused(at + ".messageExpression", rule, result.messageError()));
        }
        add(costs.message(result.message(), at + ".messageExpression"));
        if (!result.usesOldSelf()) {
            if (rule.has("optionalOldSelf")) {
                compiled.add(FieldProblem.invalid(at + ".optionalOldSelf", rule.flag("optionalOldSelf"),
                        "may not be set if oldSelf is not used in rule"));
            }
        } else if (!around.uncorrelated.isEmpty()) {
            compiled.add(FieldProblem.invalid(at + ".rule", rule.text("rule"),
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within "
                            + around.uncorrelated));
        }
    }

    private void add(@Nullable FieldProblem problem) {
        if (problem != null) {
            compiled.add(problem);
        }
    }

    /// Upstream shows the whole rule, by the names it has in Go.
    private static FieldProblem refused(String at, Struct rule, String why) {
        return new FieldProblem(at, "FieldValueInvalid", "Invalid value: {\"Rule\":" + text(rule, "rule")
                + ",\"Message\":" + text(rule, "message") + ",\"MessageExpression\":" + text(rule, "messageExpression")
                + ",\"Reason\":" + orNull(rule, "reason") + ",\"FieldPath\":" + text(rule, "fieldPath")
                + ",\"OptionalOldSelf\":" + orNull(rule, "optionalOldSelf") + "}: " + why);
    }

    private static String text(Struct rule, String name) {
        return escaped(rule.text(name));
    }

    private static String orNull(Struct rule, String name) {
        Object value = rule.get(name);
        return value == null || value == Null.NULL ? "null" : escaped(value);
    }

    /// As Go writes JSON, for pages of the web.
    private static String escaped(Object value) {
        return Flow.text(value).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
    }
}
