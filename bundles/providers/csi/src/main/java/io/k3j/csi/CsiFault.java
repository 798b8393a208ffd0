package io.k3j.csi;

import io.k3j.streaming.GrpcFailure;
import io.k3j.streaming.GrpcStatus;
import java.io.IOException;
import java.util.Set;

/// A call of a plug-in that failed, in the words of Go's gRPC, which users and tools look for.
final class CsiFault extends IOException {
    /// What it says is bad, and will be when it is said again.
    static final int INVALID_ARGUMENT = 3;
    static final int NOT_FOUND = 5;
    /// Not in this state: as an expansion of a volume that is in use.
    static final int FAILED_PRECONDITION = 9;
    /// Beyond what there can be.
    static final int OUT_OF_RANGE = 11;
    private static final long serialVersionUID = 1L;
    /// After which nobody knows whether something was done, or still is: cancelled, late, without resources, aborted,
    /// unavailable.
    private static final Set<Integer> UNCERTAIN = Set.of(1, GrpcFailure.DEADLINE_EXCEEDED, 8, 10, 14);
    /// Of a plug-in's own words, which end in Events.
    private static final int MOST_WORDS = 1_000;
    private final int code;

    CsiFault(GrpcFailure failure) {
        super(GrpcStatus.told(failure.code(), plain(String.valueOf(failure.getMessage()))));
        code = failure.code();
    }

    int code() {
        return code;
    }

    /// Whether there was no answer in time.
    boolean late() {
        return code == GrpcFailure.DEADLINE_EXCEEDED;
    }

    /// Whether nothing was done; upstream's `isFinalError`.
    boolean over() {
        return !UNCERTAIN.contains(code);
    }

    /// One line of bounded length.
    private static String plain(String words) {
        StringBuilder b = new StringBuilder();
        words.codePoints().limit(MOST_WORDS).map(c -> Character.isISOControl(c) ? ' ' : c).forEach(b::appendCodePoint);
        return b.toString();
    }
}
