package io.k3j.supervisor;

import java.nio.file.AccessDeniedException;

/// The cause of a failure as a phrase for a message.
final class FailureReason {
    private FailureReason() {
    }

    /// The exception's message; its class name when it has none. For an [AccessDeniedException], whose message
    /// is only the path, the path and the cause.
    static String of(Throwable failure) {
        if (failure instanceof AccessDeniedException denied && denied.getReason() == null) {
            return denied.getFile() + ": access denied";
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
