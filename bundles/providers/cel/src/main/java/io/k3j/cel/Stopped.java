package io.k3j.cel;

import io.k3j.celapi.CelEvaluation;

/// The end of an evaluation, which no `||` makes good.
final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final CelEvaluation.Reason reason;

    Stopped(CelEvaluation.Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    CelEvaluation.Failure failure() {
        String message = getMessage();
        return new CelEvaluation.Failure(reason, message == null ? "" : message);
    }
}
