package io.k3j.streaming;

import io.k3j.streaming.GrpcFailure;
import java.util.List;

/// The names of gRPC's status codes, as Go writes them and metrics show them. Pure; any thread.
public final class GrpcStatus {
    private static final List<String> NAMES = List.of("OK", "Canceled", "Unknown", "InvalidArgument",
            "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
            "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss",
            "Unauthenticated");
    private static final int LONGEST_WORDS = 200;

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

    /// A failure as gRPC's for Go tells it, in the plug-in's words.
    static String words(GrpcFailure e) {
        return "rpc error: code = " + name(e.code()) + " desc = " + words(String.valueOf(e.getMessage()));
    }

    /// A plug-in's own words, short enough for a line, and without what would look like another one.
    static String words(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(LONGEST_WORDS).forEach(c -> shown.append(c < ' ' || c > '~' ? ' ' : (char) c));
        return text.length() > LONGEST_WORDS ? shown + "..." : shown.toString();
    }
}
