package io.k3j.celvalues;

import io.k3j.celapi.CelEvaluation;

/// The end of an evaluation, which no `||` makes good.
public final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final CelEvaluation.Reason reason;

    /// With a message in upstream's words.
    public Stopped(CelEvaluation.Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// What the caller is told.
    public CelEvaluation.Failure failure() {
        String message = getMessage();
        return new CelEvaluation.Failure(reason, message == null ? "" : message);
    }
}
