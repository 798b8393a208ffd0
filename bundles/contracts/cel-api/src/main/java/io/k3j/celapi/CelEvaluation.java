package io.k3j.celapi;

import java.util.function.Supplier;

/// What came of an evaluation.
public sealed interface CelEvaluation {
    /// A value.
    ///
    /// @param value a Boolean, Long, Double or String as it is; anything else as the engine has it, to be handed to a
    ///     variable of the program's type
    /// @param tree the value as a tree's (Struct, Seq, String, Long, Double, Boolean, Null): times and durations as
    ///     texts, bytes in base 64. Throws IllegalArgumentException for what no tree can hold, as a URL
    record Value(Object value, Supplier<Object> tree) implements CelEvaluation {
        /// A value that is a tree's already.
        public static Value of(Object value) {
            return new Value(value, () -> value);
        }

        /// Whether it is `true`.
        public boolean holds() {
            return Boolean.TRUE.equals(value);
        }
    }

    /// No value.
    /// @param message in the words of upstream's engine, as `no such key: replicas`; what upstream wraps around it
    ///     (`expression '…' resulted in error: …`) is the caller's
    record Failure(Reason reason, String message) implements CelEvaluation {
    }

    /// Why there is no value.
    enum Reason {
        /// The expression failed.
        ERROR,
        /// It cost more than [CelBudget#PER_CALL]; upstream: `operation cancelled: actual cost limit exceeded`.
        CALL_LIMIT,
        /// It cost more than was left of the budget; upstream: `validation failed due to running out of cost
        /// budget, no
        /// further validation rules will be run`.
        BUDGET,
        /// Its thread was interrupted, or the budget's time is over; upstream: `operation interrupted`.
        INTERRUPTED
    }
}
