package io.k3j.scheduler;

/// An extender does not answer, or has an error to tell.
final class ExtenderFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExtenderFailure(String message) {
        super(message, null, false, false);
    }
}
