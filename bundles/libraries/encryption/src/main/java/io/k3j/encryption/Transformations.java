package io.k3j.encryption;

/// Hears of the rows of one resource that were sealed and opened, as upstream counts transformations. Any thread.
public interface Transformations {
    /// Nobody counts.
    Transformations NONE = (written, prefix, nanos, status) -> {
    };

    /// One was tried.
    ///
    /// @param written whether it was sealed, else opened
    /// @param prefix what the row begins with; or the name of the key behind it, which is told as well
    /// @param nanos how long it took
    /// @param status `OK`, a gRPC status, or `unknown-non-grpc`
    void told(boolean written, String prefix, long nanos, String status);
}
