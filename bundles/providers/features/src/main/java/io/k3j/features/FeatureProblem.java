package io.k3j.features;

/// A feature or a file of this bundle that cannot be used. The message names which and why.
final class FeatureProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FeatureProblem(String message) {
        super(message);
    }

    FeatureProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
