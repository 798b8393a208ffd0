package io.k3j.encryption;

/// A row cannot be decrypted: its key is not configured, or the row is damaged. The message names the key, never a
/// secret.
public final class UnreadableRow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With what is wrong.
    public UnreadableRow(String message) {
        super(message);
    }

    /// With what is wrong and where it was found.
    public UnreadableRow(String message, Throwable cause) {
        super(message, cause);
    }
}
