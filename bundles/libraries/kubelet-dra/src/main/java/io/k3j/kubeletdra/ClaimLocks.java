package io.k3j.kubeletdra;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Has work on a claim done by one thread at a time, while others' drivers may hang. Any thread.
final class ClaimLocks {
    /// Claims with the same one wait for each other.
    private static final int LOCKS = 256;
    private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();

    /// Work on claims of which nobody else changes anything meanwhile.
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /// Does it when nobody else works on any of these claims. Always in the same order, so that nobody waits for ever.
    ///
    /// @param uids of the claims
    void exclusively(Collection<String> uids, Work work) throws IOException {
        List<Lock> held = uids.stream().map(uid -> Math.floorMod(uid.hashCode(), LOCKS)).distinct().sorted()
                .map(locks::get).toList();
        held.forEach(Lock::lock);
        try {
            work.run();
        } finally {
            held.forEach(Lock::unlock);
        }
    }
}
