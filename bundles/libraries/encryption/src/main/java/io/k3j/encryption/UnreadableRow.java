package io.k3j.encryption;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A row cannot be decrypted: its key is not configured, cannot be had for now, or the row is damaged. The message
/// names the key, never a secret.
public final class UnreadableRow extends RuntimeException {
    /// The status of what was no call of gRPC.
    static final String NO_CALL = "unknown-non-grpc";
    private static final long serialVersionUID = 1L;
    private final boolean passing;
    private final String status;
    private final String key;
    private final transient @Nullable Row row;

    /// A row as it lies in the store.
    ///
    /// @param place its key in the store
    /// @param bytes nobody changes them
    public record Row(String place, byte[] bytes) {
    }

    /// With what is wrong.
    public UnreadableRow(String message) {
        this(message, false, new Trouble(NO_CALL, "", null), null);
    }

    /// With what is wrong and where it was found; passing as that is.
    public UnreadableRow(String message, Throwable cause) {
        this(message, cause instanceof UnreadableRow row && row.passing,
                cause instanceof UnreadableRow row ? new Trouble(row.status, row.key, row.row)
                        : new Trouble(NO_CALL, "", null),
                cause);
    }

    /// Passing ones come by the hundred thousand while a key is away; where they were made tells nobody anything.
    private UnreadableRow(String message, boolean passing, Trouble trouble, @Nullable Throwable cause) {
        super(message, cause, !passing, !passing);
        this.passing = passing;
        this.status = trouble.status;
        this.key = trouble.key;
        this.row = trouble.row;
    }

    private record Trouble(String status, String key, @Nullable Row row) {
    }

    /// Who keeps the key does not give it for now.
    ///
    /// @param key as [#key]
    /// @param status of the call, as gRPC names it; `unknown-non-grpc` for none
    public static UnreadableRow passing(String key, String message, String status) {
        return new UnreadableRow(message, true, new Trouble(status, key, null), null);
    }

    /// The same with the row itself, for who tries it once more.
    public UnreadableRow with(Row unreadable) {
        return new UnreadableRow(String.valueOf(getMessage()), passing, new Trouble(status, key, unreadable), this);
    }

    /// Whether it may be readable later without any change of configuration or row.
    public boolean passing() {
        return passing;
    }

    /// What a passing row waits for: rows with the same one can be read at the same time. Empty when it is not passing.
    public String key() {
        return key;
    }

    /// The row itself; empty where nobody has told.
    public Optional<Row> row() {
        return Optional.ofNullable(row);
    }

    /// Of the call that failed, as metrics tell it.
    String status() {
        return status;
    }
}
