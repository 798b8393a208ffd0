package io.k3j.kubectl;

/// The command cannot be carried out; the message goes to the user as it is.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }
}
