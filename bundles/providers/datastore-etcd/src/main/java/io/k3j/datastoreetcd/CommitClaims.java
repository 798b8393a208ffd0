package io.k3j.datastoreetcd;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Decides which of several concurrent commits of the same change has made it.
///
/// A change in etcd does not name its author. When the answer to a commit is lost, the commit recognizes its
/// change by the value; of several commits of the same value only one may do so. They are indistinguishable, so
/// any of them may. Commits of other servers are not known here: when another server commits the same bytes
/// from the same revision and an answer is lost, both report success, and the stored value is what both asked
/// for.
final class CommitClaims {
    private final ConcurrentMap<Target, Rivals> open = new ConcurrentHashMap<>();

    private record Target(String key, long expected) {
    }

    /// Registers a commit to this key from this revision. Every call has to be followed by [#leave].
    Rivals enter(String key, long expected) {
        return open.compute(new Target(key, expected), (_, found) -> {
            Rivals rivals = found == null ? new Rivals() : found;
            rivals.inside++;
            return rivals;
        });
    }

    /// Unregisters a commit that was answered.
    void leave(String key, long expected) {
        open.computeIfPresent(new Target(key, expected), (_, rivals) -> --rivals.inside == 0 ? null : rivals);
    }

    /// Concurrent commits to one key from one revision. Keeps the claims as long as one of them is registered.
    static final class Rivals {
        private int inside;
        private final Set<Long> claimed = new HashSet<>(2);

        /// Claims the change at this revision for the caller; false when another commit has claimed it.
        synchronized boolean claim(long revision) {
            return claimed.add(revision);
        }
    }
}
