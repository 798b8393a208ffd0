package io.k3j.controllerkit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When a key that was dealt with is to be reconciled again, besides when something about it changes.
/// controller-runtime's `Result`.
///
/// @param after null: not before something changes; zero: as a failure, later and later
public record Requeue(@Nullable Duration after) {
    /// Not before something changes.
    public static final Requeue NEVER = new Requeue(null);
    /// Soon, then later and later, as after a failure; for what is expected to need several tries.
    public static final Requeue BACK_OFF = new Requeue(Duration.ZERO);

    /// In a while; a time that has passed counts as one millisecond.
    public static Requeue after(Duration time) {
        return new Requeue(time.isPositive() ? time : Duration.ofMillis(1));
    }

    /// The earlier of two; a failure's is the earliest.
    public Requeue or(Requeue other) {
        if (after == null || other.after == null) {
            return after == null ? other : this;
        }
        return after.compareTo(other.after) <= 0 ? this : other;
    }
}
