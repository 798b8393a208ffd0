package io.k3j.helmcontroller;

/// A chart cannot be dealt with as its objects are: nothing was started, and nothing changed. The text says what is
/// wrong, where, and what would help; it becomes the chart's condition and Event.
final class ChartRefused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String reason;
    private final String sentence;

    /// @param reason one word in camel case
    ChartRefused(String reason, String message) {
        super(message);
        this.reason = reason;
        this.sentence = message;
    }

    /// The text.
    String sentence() {
        return sentence;
    }

    /// One word for programs.
    String reason() {
        return reason;
    }
}
