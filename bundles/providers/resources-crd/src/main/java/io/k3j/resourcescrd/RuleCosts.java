package io.k3j.resourcescrd;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.celapi.CelEstimate;
import io.k3j.celapi.CelProgram;
import io.k3j.model.Struct;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up what the rules of a schema are estimated to cost, and tells which cost too much, with upstream's messages.
/// For one schema and one thread.
final class RuleCosts {
    /// Upstream's `StaticEstimatedCostLimit`: one rule, for all values in a request.
    static final long ONE = 10_000_000;
    /// Upstream's `StaticEstimatedCRDCostLimit`: all rules of a schema.
    static final long ALL = 100_000_000;
    /// How many values there are at a place, where nothing limits them.
    static final long UNBOUNDED = -1;
    private static final int NAMED = 4;
    private long total;
    private final List<Rule> dear = new ArrayList<>();

    private record Rule(String at, long cost) {
    }

    /// How many values there can be below a place.
    ///
    /// @param here how many there are at the place itself
    static long below(Struct schema, long here) {
        String limit = switch (schema.text("type")) {
            case "object" -> schema.has("additionalProperties") ? "maxProperties" : "";
            case "array" -> "maxItems";
            default -> "";
        };
        if (limit.isEmpty() || here == UNBOUNDED) {
            return here;
        }
        return schema.get(limit) instanceof Number most ? product(here, Math.max(0, most.longValue())) : UNBOUNDED;
    }

    /// @param values as [#below] counts them at its place
    /// @return what is wrong with its cost alone, null for nothing
    @Nullable
    FieldProblem rule(@Nullable CelProgram program, long values, String at) {
        if (program == null) {
            return null;
        }
        CelEstimate estimate = program.estimate();
        return counted("estimated rule cost",
                product(estimate.cost(), values == UNBOUNDED ? estimate.places() : values),
                at);
    }

    /// Of a `messageExpression`: one failure is enough.
    @Nullable
    FieldProblem message(@Nullable CelProgram program, String at) {
        return program == null ? null : counted("estimated messageExpression cost", program.estimate().cost(), at);
    }

    private @Nullable FieldProblem counted(String what, long cost, String at) {
        total = cost > Long.MAX_VALUE - total ? Long.MAX_VALUE : total + cost;
        if (cost >= ALL / 100) {
            dear.add(new Rule(at, cost));
            dear.sort(Comparator.comparingLong(Rule::cost).reversed());
            if (dear.size() > NAMED) {
                dear.removeLast();
            }
        }
        return cost > ONE ? FieldProblem.forbidden(at, tooMuch(what, cost, ONE)) : null;
    }

    /// What is wrong with all of them together.
    ///
    /// @param at of the schema
    List<FieldProblem> together(String at) {
        List<FieldProblem> found = new ArrayList<>();
        if (total > ALL) {
            dear.forEach(r -> found.add(FieldProblem.forbidden(r.at,
                    "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema")));
            found.add(FieldProblem.forbidden(at, tooMuch(
                    "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total, ALL)));
        }
        return found;
    }

    private static String tooMuch(String what, long cost, long limit) {
        return what + " exceeds budget by factor of " + factor((double) cost / limit)
                + " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps,"
                + " and strings are declared)";
    }

    private static String factor(double times) {
        return times > 100 ? "more than 100x"
                : new BigDecimal(times).setScale(times < 1.5 ? 6 : 1, RoundingMode.HALF_EVEN).toPlainString() + "x";
    }

    private static long product(long cost, long times) {
        return times != 0 && cost > Long.MAX_VALUE / times ? Long.MAX_VALUE : cost * times;
    }
}
