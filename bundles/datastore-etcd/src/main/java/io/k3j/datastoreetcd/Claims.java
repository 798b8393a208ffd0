package io.k3j.datastoreetcd;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// Who of those that asked for the same change at the same time has been told that it is theirs.
///
/// A change in etcd does not say who made it. When the answer to a commit is lost, the commit finds its own change by
/// its value; of several commits that wish the same, only one may do so. They cannot be told apart by anybody, so
/// which one does not matter. Commits of another server are not known here: when it wishes the very same bytes from the
/// same revision and an answer is lost, both servers say yes, and what is stored is what both asked for.
final class Claims {
    private final ConcurrentMap<Target, Rivals> open = new ConcurrentHashMap<>();

    private record Target(String key, long expected) {
    }

    /// One more commit to this key from this revision. Every call is followed by a [#leave].
    Rivals enter(String key, long expected) {
        return open.compute(new Target(key, expected), (_, found) -> {
            Rivals rivals = found == null ? new Rivals() : found;
            rivals.inside++;
            return rivals;
        });
    }

    /// It has been answered.
    void leave(String key, long expected) {
        open.computeIfPresent(new Target(key, expected), (_, rivals) -> --rivals.inside == 0 ? null : rivals);
    }

    /// Commits to one key from one revision that are on their way at the same time. Remembers claims as long as there
    /// is one of them.
    static final class Rivals {
        private int inside;
        private final Set<Long> claimed = new HashSet<>(2);

        /// Whether the change at this revision is the caller's: nobody has claimed it before.
        synchronized boolean claim(long revision) {
            return claimed.add(revision);
        }
    }
}
