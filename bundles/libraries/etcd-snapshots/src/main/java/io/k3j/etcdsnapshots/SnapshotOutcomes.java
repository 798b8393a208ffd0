package io.k3j.etcdsnapshots;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/// What became of snapshots and cannot be seen on disks and in S3: those that failed, and those that somebody deleted.
/// Kept in memory until the API has been told; a restart forgets them. Any thread; nothing blocks.
final class SnapshotOutcomes {
    /// More that the API was not told of are forgotten, the oldest first.
    static final int MAX_WAITING = 100;
    private final Queue<SnapshotFile> failed = new ArrayDeque<>();
    /// Objects of these go at once; others without a snapshot stay for a while.
    private final Set<String> deleted = new HashSet<>();

    /// Hears of them; runs `poke` whenever there may be other snapshots.
    SnapshotScheduler.Listener told(Runnable poke) {
        return new SnapshotScheduler.Listener() {
            @Override
            public void failed(SnapshotFile one) {
                SnapshotOutcomes.this.failed(one);
            }

            @Override
            public void changed(List<String> gone) {
                SnapshotOutcomes.this.deleted(gone);
                poke.run();
            }
        };
    }

    /// One could not be taken or copied.
    synchronized void failed(SnapshotFile one) {
        if (failed.size() == MAX_WAITING) {
            failed.remove();
        }
        failed.add(one);
    }

    /// These were deleted on purpose.
    synchronized void deleted(Collection<String> names) {
        if (deleted.size() < MAX_WAITING) {
            deleted.addAll(names);
        }
    }

    /// The failure that waits longest; it stays until it is [#told].
    synchronized Optional<SnapshotFile> failure() {
        return Optional.ofNullable(failed.peek());
    }

    /// It was told: forgets it, unless it had to go already.
    synchronized void told(SnapshotFile one) {
        failed.remove(one);
    }

    /// A copy, to be handed to [#forgotten] when the API knows.
    synchronized Set<String> deleted() {
        return Set.copyOf(deleted);
    }

    /// What was deleted meanwhile stays.
    synchronized void forgotten(Set<String> names) {
        deleted.removeAll(names);
    }
}
