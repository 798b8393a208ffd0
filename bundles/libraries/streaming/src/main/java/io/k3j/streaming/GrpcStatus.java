package io.k3j.streaming;

import java.util.List;

/// The names of gRPC's status codes, as Go writes them and metrics show them. Pure; any thread.
public final class GrpcStatus {
    private static final List<String> NAMES = List.of("OK", "Canceled", "Unknown", "InvalidArgument",
            "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
            "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
            "Unauthenticated");

    private GrpcStatus() {
    }

    /// A refused or failed call as Go's gRPC prints it.
    public static String told(GrpcFailure failure) {
        return "rpc error: code = " + name(failure.code()) + " desc = " + failure.getMessage();
    }

    /// Of a code; what a server makes up has no name of its own, so that metrics do not grow by it.
    public static String name(int code) {
        return code >= 0 && code < NAMES.size() ? NAMES.get(code) : "Unknown";
    }
}
