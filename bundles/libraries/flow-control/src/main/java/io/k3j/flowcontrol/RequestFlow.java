package io.k3j.flowcontrol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How one request is queued: by which flow schema, at which priority level, and with which other requests. Immutable
/// but for how long the request has waited, which the thread that waits for it writes.
public final class RequestFlow {
    /// Before it is known who asks.
    public static final RequestFlow NONE = new RequestFlow(null, RequestDigest.NONE, 0);
    /// What part (1/n) of its time a request waits for seats.
    private static final long PATIENCE_PART = 4;
    private final @Nullable Match match;
    private final RequestDigest digest;
    private final long hash;
    private final long patienceMillis;
    private volatile long waitedNanos;

    /// A flow schema with the level it names.
    record Match(FlowSchema schema, PriorityLevel level, FlowCounts counts) {
    }

    /// @param digest what was classified
    /// @param hash of the flow, where flows are told apart
    RequestFlow(@Nullable Match match, RequestDigest digest, long hash) {
        this(match, digest, hash, Seats.PATIENCE_MILLIS);
    }

    private RequestFlow(@Nullable Match match, RequestDigest digest, long hash, long patienceMillis) {
        this.match = match;
        this.digest = digest;
        this.hash = hash;
        this.patienceMillis = patienceMillis;
    }

    /// The same for a request that may take so long: it waits for seats for a quarter of that at most, as upstream's,
    /// and never longer than others.
    public RequestFlow within(Duration timeout) {
        return new RequestFlow(match, digest, hash,
                Math.min(Seats.PATIENCE_MILLIS, Math.max(1, timeout.dividedBy(PATIENCE_PART).toMillis())));
    }

    /// How long it waits for seats.
    long patienceMillis() {
        return patienceMillis;
    }

    /// It has waited for seats; of several times the longest counts.
    void waited(long nanos) {
        if (nanos > waitedNanos) {
            waitedNanos = nanos;
        }
    }

    /// How long it has waited for seats, in nanoseconds; 0 where it did not have to.
    public long waitedNanos() {
        return waitedNanos;
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
