package io.k3j.supervisor;

import io.k3j.supervisorrequests.Refusal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;

/// The cause of a failure as a phrase for a message.
final class FailureReason {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

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

    /// The answer to an administrator whose request failed here: he reads why, and the log has the rest. Not for a
    /// failure of the client's connection, and not for agents, whom files of this server do not concern.
    /// @param what was to be done
    static Refusal refusal(String what, IOException failed) {
        LOG.log(Level.WARNING, "Request failed: " + what, failed);
        return new Refusal(500, what + ": " + of(failed));
    }
}
