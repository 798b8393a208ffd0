package io.k3j.celapi;

/// What evaluating an expression can cost, told before it is ever evaluated: upstream's estimate, from the sizes that
/// the shapes of its variables allow in a request of 3 MiB. No bound: what an evaluation costs is counted by
/// [CelBudget].
///
/// @param cost of one evaluation; `Long.MAX_VALUE` where there is no bound
/// @param places how many values of the shape one request can hold, each of which may be evaluated for
public record CelEstimate(long cost, long places) {
    /// Of expressions without a ruled shape: nothing tells how large their variables can be.
    public static final CelEstimate UNKNOWN = new CelEstimate(Long.MAX_VALUE, Long.MAX_VALUE);
}
