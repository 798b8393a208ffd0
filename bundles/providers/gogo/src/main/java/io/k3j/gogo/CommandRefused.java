package io.k3j.gogo;

/// What was typed is done in another way; the message says which.
final class CommandRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandRefused(String message) {
        super(message);
    }
}
