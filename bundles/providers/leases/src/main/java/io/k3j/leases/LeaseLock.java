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

/// One Lease of the election, and this server's term while it holds the Lease. Not thread-safe, unless a method says
/// otherwise.
final class LeaseLock {
    private static final System.Logger LOG = System.getLogger("io.k3j.leases");
    private final Lease lease;
    private final LeaseHold hold;
    private final Rules rules;
    private volatile @Nullable LeadershipTerm term;
    private boolean reportedMissing;

    /// What the election reads about a Lease.
    interface Lease {
        /// Its key.
        Key key();

        /// Whether this server runs the component this Lease guards.
        boolean wanted();

        /// The Lease in the view of this server, thus without a request; may be a moment old.
        Optional<Obj> observed();

        /// The flag that removes the guarded component from a server.
        String flag();
    }

    /// What all locks of an election share.
    ///
    /// @param clock monotonic, as of [LeaseHold]
    /// @param begun receives each new term; must not block, or Leases are not renewed
    record Rules(LeaseHold.Timing timing, InstantSource clock, Consumer<LeadershipTerm> begun) {
        /// How long a new leader gets to acquire its other Leases before other servers take those it leaves.
        Duration yieldTime() {
            return timing.retry().dividedBy(2);
        }

        Duration until(Instant then) {
            return Duration.between(clock.instant(), then);
        }
    }

    /// @param hold acquires and renews the Lease
    LeaseLock(Lease lease, LeaseHold hold, Rules rules) {
        this.lease = lease;
        this.hold = hold;
        this.rules = rules;
    }

    /// The name of the Lease. Any thread.
    String name() {
        return lease.key().name();
    }

    /// Whether this server runs what it guards. Any thread.
    boolean wanted() {
        return lease.wanted();
    }

    boolean held() {
        return hold.held();
    }

    /// Whether this server leads, as of the last step. Any thread.
    boolean leads() {
        return term != null;
    }

    /// Whether another server has held the Lease long enough to have acquired all it wants.
    boolean heldByOther() {
        return hold.theirs(rules.yieldTime());
    }

    /// Acquires the Lease if it is free and this server `may`, or renews it. A Lease that is no longer wanted
    /// is left to expire, so that a bundle being swapped finds it still held.
    /// @return the pause until the next step
    Duration step(boolean may) {
        if (!held()) {
            lease.observed().ifPresent(hold::saw);
        }
        boolean wanted = wanted();
        if (wanted && (held() || may && !rules.until(hold.freeAt()).isPositive())) {
            hold.renew();
        }
        boolean held = held();
        updateTerm(held);
        if (!wanted) {
            return idle(held);
        }
        return held ? untilRenewal() : untilRetry(may);
    }

    private Duration untilRenewal() {
        Duration pause = rules.until(hold.until()).minus(rules.timing().renewDeadline().dividedBy(2));
        return pause.isPositive() ? pause : rules.timing().retry();
    }

    private Duration untilRetry(boolean may) {
        Duration free = rules.until(hold.freeAt());
        if (!free.isPositive()) {
            return may ? rules.timing().retry() : rules.yieldTime();
        }
        return free.compareTo(rules.timing().retry()) < 0 ? free : rules.timing().retry();
    }

    private Duration idle(boolean held) {
        if (held) {
            return rules.until(hold.until());
        }
        hold.release();
        boolean missing = hold.nobodys(rules.timing().lease().multipliedBy(2));
        if (missing && !reportedMissing) {
            LOG.log(System.Logger.Level.WARNING, "Lease {0} expired: no running server provides this"
                    + " component; start one without {1}", lease.key().name(), lease.flag());
        }
        reportedMissing = missing;
        return rules.timing().lease();
    }

    private void updateTerm(boolean held) {
        LeadershipTerm current = term;
        if (current != null && (!held || current.ended())) {
            resign();
            current = null;
        }
        if (!held) {
            return;
        }
        if (current != null) {
            current.renewed(hold.revision(), hold.until());
        } else {
            LeadershipTerm fresh = new LeadershipTerm(lease.key(), rules.clock(), hold.revision(), hold.until());
            term = fresh;
            rules.begun().accept(fresh);
        }
    }

    /// Ends the term; the Lease stays held.
    void resign() {
        LeadershipTerm current = term;
        if (current != null) {
            current.end();
            term = null;
        }
    }

    /// Releases the Lease, so that another server need not wait for it to expire.
    void release() {
        hold.release();
    }
}
