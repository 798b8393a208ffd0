package io.k3j.leases;

import java.time.Duration;
import java.util.List;

/// One server's part in the election: each step checks all Leases and acquires or renews those this server may
/// hold. The first wanted Lease decides about the others, so that servers with the same components have one
/// leader for all Leases. Not thread-safe.
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

    /// Ends the leadership; the Leases stay held.
    void resign() {
        locks.forEach(LeaseLock::resign);
    }

    /// Releases the Leases, so that another server need not wait for them to expire.
    void release() {
        locks.forEach(LeaseLock::release);
    }
}
