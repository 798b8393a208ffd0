package io.k3j.encryption;

import org.jspecify.annotations.Nullable;

/// A row cannot be decrypted: its key is not configured, cannot be had for now, or the row is damaged. The message
/// names the key, never a secret.
public final class UnreadableRow extends RuntimeException {
    /// The status of what was no call of gRPC.
    static final String NO_CALL = "unknown-non-grpc";
    private static final long serialVersionUID = 1L;
    private final boolean passing;
    private final String status;

    /// With what is wrong.
    public UnreadableRow(String message) {
        this(message, false, NO_CALL, null);
    }

    /// With what is wrong and where it was found; passing as that is.
    public UnreadableRow(String message, Throwable cause) {
        this(message, cause instanceof UnreadableRow row && row.passing,
                cause instanceof UnreadableRow row ? row.status : NO_CALL, cause);
    }

    private UnreadableRow(String message, boolean passing, String status, @Nullable Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.status = status;
    }

    /// Who keeps the key does not give it for now.
    ///
    /// @param status of the call, as gRPC names it; `unknown-non-grpc` for none
    public static UnreadableRow passing(String message, String status) {
        return new UnreadableRow(message, true, status, null);
    }

    /// Whether it may be readable later without any change of configuration or row.
    public boolean passing() {
        return passing;
    }

    /// Of the call that failed, as metrics tell it.
    String status() {
        return status;
    }
}
