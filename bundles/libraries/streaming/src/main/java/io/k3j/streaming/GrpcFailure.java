package io.k3j.streaming;

/// A gRPC call that did not end with status 0. See <https://grpc.io/docs/guides/status-codes/>.
///
/// The message is the server's (`grpc-message`) or says what happened here. No stack trace and no cause: it is thrown
/// to another thread than the one that met it.
public final class GrpcFailure extends RuntimeException {
    /// The caller ended it.
    public static final int CANCELLED = 1;
    /// It took longer than allowed.
    public static final int DEADLINE_EXCEEDED = 4;
    /// What it names is not there.
    public static final int NOT_FOUND = 5;
    /// There is no room for it: an answer is larger than is taken.
    public static final int RESOURCE_EXHAUSTED = 8;
    /// What the request says cannot be.
    public static final int INVALID_ARGUMENT = 3;
    /// Something is wrong with who was asked.
    public static final int INTERNAL = 13;
    /// The server does not know the method.
    public static final int UNIMPLEMENTED = 12;
    /// There is no connection.
    public static final int UNAVAILABLE = 14;

    private static final long serialVersionUID = 1L;
    private final int code;

    /// A status code and its message.
    /// @param code as the constants; others are the server's
    public GrpcFailure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /// The status code.
    public int code() {
        return code;
    }
}
