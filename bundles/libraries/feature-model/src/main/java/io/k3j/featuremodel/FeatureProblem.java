package io.k3j.featuremodel;

/// A feature, a file or a jar that cannot be used. The message names which and why, and what to type where something
/// helps.
public final class FeatureProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message which, why, and what to type
    public FeatureProblem(String message) {
        super(message);
    }

    /// The same, with what was thrown.
    public FeatureProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
