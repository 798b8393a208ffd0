package io.k3j.kuberuntime;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The time of the next pod sync without events: the earliest of the times requested during a sync. Times are of the
/// monotonic clock. On the pod's thread.
public final class NextSync {
    private static final Duration MIN_DELAY = Duration.ofMillis(20);
    private @Nullable Instant earliest;

    /// Clears the requests; called when a sync begins.
    public void reset() {
        earliest = null;
    }

    /// Requests a sync at that time or earlier.
    public void at(Instant when) {
        earliest = earliest == null || when.isBefore(earliest) ? when : earliest;
    }

    /// The time to wait from now.
    /// @param limit the result without a request
    public Duration remaining(Instant now, Duration limit) {
        if (earliest == null) {
            return limit;
        }
        Duration left = Duration.between(now, earliest);
        return left.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : left.compareTo(limit) < 0 ? left : limit;
    }
}
