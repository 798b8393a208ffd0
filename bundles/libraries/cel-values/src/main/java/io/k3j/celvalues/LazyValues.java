package io.k3j.celvalues;

import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelEvaluation.Reason;
import io.k3j.celapi.CelLazy;

/// Values that are expressions themselves, evaluated when they are looked at.
public final class LazyValues {
    private LazyValues() {
    }

    /// What a lazy value is in this evaluation; another value as it is.
    ///
    /// @throws EvalFailure where its expression fails
    /// @throws Stopped where its evaluation ends
    public static Object made(Object raw) {
        if (!(raw instanceof CelLazy lazy)) {
            return raw;
        }
        return switch (lazy.evaluate()) {
            case CelEvaluation.Value v -> v.value();
            case CelEvaluation.Failure(Reason reason, String message) -> throw reason == Reason.ERROR
                    ? new EvalFailure(message)
                    : new Stopped(reason, message);
        };
    }
}
