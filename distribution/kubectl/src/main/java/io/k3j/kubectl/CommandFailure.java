package io.k3j.kubectl;

/// The command cannot be carried out; the message goes to the user as it is.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean absent;

    CommandFailure(String message) {
        this(message, false);
    }

    private CommandFailure(String message, boolean absent) {
        super(message);
        this.absent = absent;
    }

    /// A real kubectl could do it.
    static CommandFailure absent(String message) {
        return new CommandFailure(message, true);
    }

    /// Whether a real kubectl could do it.
    boolean absent() {
        return absent;
    }
}
