package io.k3j.controllersautoscaling;

/// A metric cannot be had; the message is for conditions and events.
final class MetricFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetricFailure(String message) {
        super(message);
    }

    /// The same with more before it.
    MetricFailure within(String what) {
        return new MetricFailure(what + ": " + getMessage());
    }
}
