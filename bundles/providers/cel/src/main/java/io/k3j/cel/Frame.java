package io.k3j.cel;

import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.LazyValues;
import io.k3j.celvalues.Stopped;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One evaluation: its values by slot, and what it has cost. One thread.
final class Frame {
    /// The longest text a function may make, in characters: a cost of [CelBudget#PER_CALL] is a text of that order.
    static final int LONGEST_TEXT = 16 << 20;
    /// Elements that may be looked at without a cost of their own, as within equality: bounds what shared parts of a
    /// value that is built by doubling can cost.
    private static final int MOST_STEPS = 20_000_000;
    /// Between two looks whether the evaluation shall end.
    private static final int LOOK_EVERY = 256;
    /// No expression that costs what it may takes longer: for machines that are far slower than upstream thought.
    private static final long LONGEST_NANOS = 10_000_000_000L;
    final @Nullable Object[] slots;
    private final Inputs inputs;
    private final Map<String, ?> variables;
    private final CelBudget budget;
    private final long limit;
    private final LongSupplier nanos;
    private final long began;
    private long cost;
    private int looks;
    private int steps;

    Frame(Inputs inputs, Map<String, ?> variables, CelBudget budget, LongSupplier nanos) {
        this.slots = new Object[inputs.size()];
        this.inputs = inputs;
        this.variables = variables;
        this.budget = budget;
        this.nanos = nanos;
        this.began = nanos.getAsLong();
        this.limit = Math.min(CelBudget.PER_CALL, Math.max(0, budget.left()));
    }

    /// Takes a cost before it arises.
    void charge(long more) {
        cost += more;
        if (cost > limit) {
            throw limit < CelBudget.PER_CALL ? outOfBudget() : tooMuch();
        }
        if (++looks % LOOK_EVERY == 0) {
            look();
        }
    }

    /// Gives back what a name costs: upstream counts none that is a branch of a condition.
    void refund() {
        cost--;
    }

    /// Counts work that has no cost.
    void step() {
        if (++steps > MOST_STEPS) {
            throw tooMuch();
        }
        if (++looks % LOOK_EVERY == 0) {
            look();
        }
    }

    long cost() {
        return cost;
    }

    private void look() {
        if (Thread.currentThread().isInterrupted() || budget.over() || nanos.getAsLong() - began > LONGEST_NANOS) {
            throw new Stopped(Reason.INTERRUPTED, "operation interrupted");
        }
    }

    static Stopped tooMuch() {
        return new Stopped(Reason.CALL_LIMIT, "operation cancelled: actual cost limit exceeded");
    }

    static Stopped outOfBudget() {
        return new Stopped(Reason.BUDGET,
                "validation failed due to running out of cost budget, no further validation rules will be run");
    }

    /// A variable that was declared, adapted when it is first looked at.
    Object input(int slot) {
        Object known = slots[slot];
        if (known == null) {
            Object raw = variables.get(inputs.name(slot));
            if (raw == null) {
                throw new EvalFailure("no such attribute(s): " + inputs.name(slot));
            }
            known = inputs.adapter(slot).adapt(LazyValues.made(raw));
            slots[slot] = known;
        }
        return known;
    }
}
