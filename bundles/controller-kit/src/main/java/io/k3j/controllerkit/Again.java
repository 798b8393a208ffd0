package io.k3j.controllerkit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When a key that was dealt with shall be looked at again, besides when something about it changes.
///
/// @param after null: not before something changes; zero: as a failure, later and later
public record Again(@Nullable Duration after) {
    /// Not before something changes.
    public static final Again NEVER = new Again(null);
    /// Soon, then later and later, as after a failure; for what is expected to need several tries.
    public static final Again BACK_OFF = new Again(Duration.ZERO);

    /// In a while; a time that has passed counts as one millisecond.
    public static Again after(Duration time) {
        return new Again(time.isPositive() ? time : Duration.ofMillis(1));
    }

    /// The earlier of two.
    public Again or(Again other) {
        if (after == null || other.after == null) {
            return after == null ? other : this;
        }
        return after.compareTo(other.after) <= 0 ? this : other;
    }
}
