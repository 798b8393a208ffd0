package io.k3j.launcher;

/// The process cannot start. The message is for the person who typed the command: what, where, and what
/// to type next.
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message);
    }

    StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
