package io.k3j.leases;

import io.k3j.controllerkit.LeaseHold;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One lease of the election, and this server's reign by it while it holds it. For one thread.
final class Seat {
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private final Lease lease;
    private final LeaseHold hold;
    private final Rules rules;
    private @Nullable Reign reign;
    private boolean missed;

    /// What of the world the election sees.
    interface Lease {
        /// Its name.
        Key key();

        /// Whether this server has what it is about.
        boolean wanted();

        /// As it was a moment ago; looking costs nothing.
        Optional<Obj> seen();

        /// The flag without which a server has what it is about.
        String flag();
    }

    /// What all seats of an election have in common.
    ///
    /// @param clock the monotonic one, as of [LeaseHold]
    /// @param begun hears when a reign begins; it should not block, or leases are not renewed
    record Rules(LeaseHold.Timing timing, InstantSource clock, Consumer<Reign> begun) {
        /// How long the leader may take to take all it wants before others take what it leaves.
        Duration courtesy() {
            return timing.retry().dividedBy(2);
        }

        Duration until(Instant then) {
            return Duration.between(clock.instant(), then);
        }
    }

    /// A seat that is held by `hold`, if at all.
    Seat(Lease lease, LeaseHold hold, Rules rules) {
        this.lease = lease;
        this.hold = hold;
        this.rules = rules;
    }

    boolean wanted() {
        return lease.wanted();
    }

    boolean held() {
        return hold.held();
    }

    /// Whether this server reigns, as of the last step.
    boolean reigns() {
        return reign != null;
    }

    /// Whether another has it for long enough to have taken all it wants.
    boolean theirs() {
        return hold.theirs(rules.courtesy());
    }

    /// Takes the lease if it is free and this server `may`, or renews it; without what it is about it is left to run
    /// out, so that a bundle that is swapped finds it still held.
    /// @return when to step again
    Duration step(boolean may) {
        if (!held()) {
            lease.seen().ifPresent(hold::saw);
        }
        boolean wanted = wanted();
        if (wanted && (held() || may && !rules.until(hold.freeAt()).isPositive())) {
            hold.renew();
        }
        boolean held = held();
        settle(held);
        if (!wanted) {
            return idle(held);
        }
        return held ? toRenewal() : toTrial(may);
    }

    private Duration toRenewal() {
        Duration pause = rules.until(hold.until()).minus(rules.timing().renewDeadline().dividedBy(2));
        return pause.isPositive() ? pause : rules.timing().retry();
    }

    private Duration toTrial(boolean may) {
        Duration free = rules.until(hold.freeAt());
        if (!free.isPositive()) {
            return may ? rules.timing().retry() : rules.courtesy();
        }
        return free.compareTo(rules.timing().retry()) < 0 ? free : rules.timing().retry();
    }

    private Duration idle(boolean held) {
        if (held) {
            return rules.until(hold.until());
        }
        hold.release();
        boolean missing = hold.nobodys(rules.timing().lease().multipliedBy(2));
        if (missing && !missed) {
            LOG.log(System.Logger.Level.WARNING, "nobody holds the lease {0} any more: no server that runs has this"
                    + " part, start one without {1}", lease.key().name(), lease.flag());
        }
        missed = missing;
        return rules.timing().lease();
    }

    private void settle(boolean held) {
        Reign present = reign;
        if (present != null && (!held || present.over())) {
            resign();
            present = null;
        }
        if (!held) {
            return;
        }
        if (present != null) {
            present.renewed(hold.revision(), hold.until());
        } else {
            Reign fresh = new Reign(lease.key(), rules.clock(), hold.revision(), hold.until());
            reign = fresh;
            rules.begun().accept(fresh);
        }
    }

    /// Ceases to reign; the lease stays held.
    void resign() {
        Reign present = reign;
        if (present != null) {
            present.end();
            reign = null;
        }
    }

    /// Lets the lease go, so that another server need not wait.
    void release() {
        hold.release();
    }
}
