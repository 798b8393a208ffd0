package io.k3j.leases;

import io.k3j.controllerkit.LeaseHold;
import io.k3j.model.Key;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One server's part in the election: looks and, when it can, takes or renews all leases. For one thread.
final class Election {
    private final Key decisive;
    private final LeaseHold first;
    private final List<LeaseHold> others;
    private final LeaseHold.Timing timing;
    private final InstantSource clock;
    private final Consumer<Reign> begun;
    private @Nullable Reign reign;

    /// An election about `decisive`, held by the first of `holds`; the others follow it. `begun` hears when
    /// this server begins to lead; it should not block, or the lease is not renewed.
    Election(Key decisive, List<LeaseHold> holds, LeaseHold.Timing timing, InstantSource clock,
            Consumer<Reign> begun) {
        this.decisive = decisive;
        this.first = holds.getFirst();
        this.others = List.copyOf(holds.subList(1, holds.size()));
        this.timing = timing;
        this.clock = clock;
        this.begun = begun;
    }

    /// Tries once.
    /// @return when to try again
    Duration step() {
        boolean held = first.renew() && first.held();
        settle(held);
        if (!held) {
            others.forEach(LeaseHold::release);
            Duration free = Duration.between(clock.instant(), first.freeAt());
            return free.isPositive() && free.compareTo(timing.retry()) < 0 ? free : timing.retry();
        }
        others.forEach(LeaseHold::renew);
        Duration left = Duration.between(clock.instant(), first.until());
        Duration pause = left.minus(timing.renewDeadline().dividedBy(2));
        return pause.isPositive() ? pause : timing.retry();
    }

    private void settle(boolean held) {
        Reign present = reign;
        if (present != null && (!held || present.over())) {
            present.end();
            present = null;
            reign = null;
        }
        if (!held) {
            return;
        }
        if (present != null) {
            present.renewed(first.revision(), first.until());
        } else {
            Reign fresh = new Reign(decisive, clock, first.revision(), first.until());
            reign = fresh;
            begun.accept(fresh);
        }
    }

    /// Ceases to lead; the leases stay held.
    void resign() {
        Reign present = reign;
        if (present != null) {
            present.end();
            reign = null;
        }
    }

    /// Lets the leases go, so that another server need not wait.
    void release() {
        first.release();
        others.forEach(LeaseHold::release);
    }
}
