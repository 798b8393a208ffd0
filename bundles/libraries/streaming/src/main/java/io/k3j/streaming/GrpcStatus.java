package io.k3j.streaming;

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

    /// Of a code; what a server makes up has no name of its own, so that metrics do not grow by it.
    public static String name(int code) {
        return code >= 0 && code < NAMES.size() ? NAMES.get(code) : "Unknown";
    }

    /// A refused or failed call as Go's gRPC tells it, in at most as many of the words of who was asked as a line has.
    public static String words(GrpcFailure e) {
        return told(e.code(), words(String.valueOf(e.getMessage())));
    }

    /// A refused or failed call as Go's gRPC tells it.
    /// @param words the caller answers for their length and characters
    public static String told(int code, String words) {
        return "rpc error: code = " + name(code) + " desc = " + words;
    }

    /// Words of who was asked, short enough for a line, and without what would look like another one.
    public static String words(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(LONGEST_WORDS).forEach(c -> shown.append(c < ' ' || c > '~' ? ' ' : (char) c));
        return text.length() > LONGEST_WORDS ? shown + "..." : shown.toString();
    }
}
