package io.k3j.celapi;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// What several evaluations may cost together. Any thread. Unit: upstream's cost, about a hundred nanoseconds each.
public final class CelBudget {
    /// One evaluation: upstream's `PerCallLimit`.
    public static final long PER_CALL = 1_000_000;
    /// All evaluations of a policy or of one object's validation rules: upstream's `RuntimeCELCostBudget`.
    public static final long SHARED = 10_000_000;
    /// All match conditions of a policy or webhook: upstream's `RuntimeCELCostBudgetMatchConditions`.
    public static final long MATCH_CONDITIONS = 2_500_000;
    private final AtomicLong left;
    private final BooleanSupplier over;

    private CelBudget(long cost, BooleanSupplier over) {
        this.left = new AtomicLong(cost);
        this.over = over;
    }

    /// Bounded by costs only.
    public static CelBudget of(long cost) {
        return new CelBudget(cost, () -> false);
    }

    /// Bounded by costs, and ended at once when the caller says so; asked often, so it must be cheap.
    public static CelBudget of(long cost, BooleanSupplier over) {
        return new CelBudget(cost, over);
    }

    /// What is left; below zero once it was overdrawn.
    public long left() {
        return left.get();
    }

    /// Takes a cost, even more than is left.
    /// @return whether it was there
    public boolean spend(long cost) {
        return left.addAndGet(-cost) >= 0;
    }

    /// Whether the caller wants no more of it.
    public boolean over() {
        return over.getAsBoolean();
    }
}
