package io.k3j.features;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The time after a swap in which a bundle still has to prove itself: it is looked at again and again, and told to go
/// back when it fails. Not thread-safe: one loop looks. Reads no clock: who looks says what time it is.
final class Trial {
    /// How long a bundle is on trial after it was healthy.
    static final Duration LENGTH = Duration.ofSeconds(30);
    /// How long it may be worse than its predecessor before that is a failure.
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HealthSnapshot before;
    private @Nullable Instant end;
    private @Nullable Instant worseSince;

    /// What a look says.
    sealed interface Verdict {
        /// It is on trial still.
        record Pending() implements Verdict {
        }

        /// It has passed.
        record Passed() implements Verdict {
        }

        /// It has failed.
        record Failed(String reason) implements Verdict {
        }
    }

    /// @param before the predecessor's health
    Trial(HealthSnapshot before, Instant begin) {
        this.before = before;
        this.end = begin.plus(LENGTH);
    }

    private Trial() {
        this.before = HealthSnapshot.none();
    }

    /// One that the end of the process has broken off: it begins anew with its first look, since the bundle may be
    /// started long after those that were on trial are known.
    static Trial resumed() {
        return new Trial();
    }

    /// Judges its health at a moment; times do not go backwards.
    Verdict look(HealthSnapshot now, Instant at) {
        if (!now.faults().isEmpty()) {
            return new Verdict.Failed(String.join(", ", now.faults()));
        }
        if (!now.active()) {
            return new Verdict.Failed("the bundle does not run any more");
        }
        Instant until = end == null ? at.plus(LENGTH) : end;
        end = until;
        Set<String> worse = now.worse(before);
        if (worse.isEmpty()) {
            worseSince = null;
            return at.isBefore(until) ? new Verdict.Pending() : new Verdict.Passed();
        }
        Instant since = worseSince == null ? at : worseSince;
        worseSince = since;
        return Duration.between(since, at).compareTo(PATIENCE) < 0 ? new Verdict.Pending()
                : new Verdict.Failed("degraded for " + PATIENCE.toSeconds() + " s: " + worse);
    }
}
