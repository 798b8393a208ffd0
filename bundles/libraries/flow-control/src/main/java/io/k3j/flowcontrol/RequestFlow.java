package io.k3j.flowcontrol;

import org.jspecify.annotations.Nullable;

/// How one request is queued: by which flow schema, at which priority level, and with which other requests. Immutable.
public final class RequestFlow {
    /// Before it is known who asks.
    public static final RequestFlow NONE = new RequestFlow(null, RequestDigest.NONE, 0);
    private final @Nullable Match match;
    private final RequestDigest digest;
    private final long hash;

    /// A flow schema with the level it names.
    record Match(FlowSchema schema, PriorityLevel level, FlowCounts counts) {
    }

    /// @param digest what was classified
    /// @param hash of the flow, where flows are told apart
    RequestFlow(@Nullable Match match, RequestDigest digest, long hash) {
        this.match = match;
        this.digest = digest;
        this.hash = hash;
    }

    /// The uid of the flow schema: the object's, or a constant one where none is stored; empty when there is none.
    public String schema() {
        return match == null ? "" : match.schema.uid();
    }

    /// The uid of the priority level, likewise.
    public String level() {
        return match == null ? "" : match.level.spec().uid();
    }

    Match match() {
        if (match == null) {
            throw new IllegalStateException("the request has not been classified");
        }
        return match;
    }

    RequestDigest digest() {
        return digest;
    }

    long hash() {
        return hash;
    }

    /// A place for a request of this flow, which has no seats yet.
    Turn turn(int seats, boolean write, boolean begun) {
        return new Turn(this, seats, write, begun);
    }
}
