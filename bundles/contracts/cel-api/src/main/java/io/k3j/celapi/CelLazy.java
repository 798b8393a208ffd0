package io.k3j.celapi;

import org.osgi.annotation.versioning.ConsumerType;

/// A value that is made when an expression first looks at it, once per evaluation; whoever wants it once for several
/// evaluations keeps it.
@ConsumerType
@FunctionalInterface
public interface CelLazy {
    /// The value, or the failure the looking expression ends with. Called on the thread of the evaluation. What it
    /// evaluates by the same budget is paid from it. What it throws ends the evaluation and reaches who asked for that.
    CelEvaluation evaluate();
}
