package io.k3j.cniflannel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// When the worker reads what stands in the kernel: each interval, however much is changed meanwhile. For one thread.
final class CheckTimes {
    /// Between two looks at devices and routes, at least; at most it is longer by what the worker does.
    static final Duration INTERVAL = Duration.ofSeconds(5);
    /// Of so many looks one is at the rules, too: nobody tells of those of old iptables.
    static final int RULES = 12;
    private final InstantSource clock;
    private Instant due;
    private int looks;

    /// @param clock that nobody sets
    CheckTimes(InstantSource clock) {
        this.clock = clock;
        this.due = clock.instant().plus(INTERVAL);
    }

    /// How long there is to wait for changes until the next look; never negative.
    Duration left() {
        Duration left = Duration.between(clock.instant(), due);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /// Whether it is time for a look. Saying so begins the next interval.
    boolean look() {
        Instant now = clock.instant();
        if (now.isBefore(due)) {
            return false;
        }
        due = now.plus(INTERVAL);
        looks = (looks + 1) % RULES;
        return true;
    }

    /// Whether the look that was said last is at the rules, too.
    boolean rules() {
        return looks == 0;
    }
}
