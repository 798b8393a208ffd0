package io.k3j.leases;

import io.k3j.metricstext.MetricText;
import java.time.Duration;
import java.util.List;

/// One server's part in the election: each step checks all Leases and acquires or renews those this server may
/// hold. The first wanted Lease decides about the others, so that servers with the same components have one
/// leader for all Leases. Not thread-safe, but for [#text].
final class Election {
    private final List<LeaseLock> locks;

    /// @param locks the Leases in order, of which at least one is always wanted
    Election(List<LeaseLock> locks) {
        this.locks = List.copyOf(locks);
    }

    /// One attempt.
    /// @return the pause until the next attempt
    Duration step() {
        LeaseLock first = locks.stream().filter(LeaseLock::wanted).findFirst().orElseThrow();
        boolean wasLeading = first.leads();
        Duration pause = first.step(true);
        boolean lost = wasLeading && !first.leads();
        for (LeaseLock lock : locks) {
            if (lock == first) {
                continue;
            }
            if (lost) {
                lock.resign();
                lock.release();
            }
            Duration next = lock.step(first.held() || first.heldByOther());
            pause = next.compareTo(pause) < 0 ? next : pause;
        }
        return pause;
    }

    /// Prometheus text: whether this server leads, by Lease, of those it wants; upstream's
    /// `leader_election_master_status`. Any thread; does not block.
    String text() {
        MetricText text = new MetricText().family("leader_election_master_status", MetricText.Type.GAUGE,
                "Whether this server leads by a Lease, 1, or stands by, 0; name is that of the Lease.");
        locks.stream().filter(lock -> lock.wanted() || lock.leads())
                .forEach(lock -> text.value(lock.leads() ? 1 : 0, "name", lock.name()));
        return text.toString();
    }

    /// Ends the leadership; the Leases stay held.
    void resign() {
        locks.forEach(LeaseLock::resign);
    }

    /// Releases the Leases, so that another server need not wait for them to expire.
    void release() {
        locks.forEach(LeaseLock::release);
    }
}
