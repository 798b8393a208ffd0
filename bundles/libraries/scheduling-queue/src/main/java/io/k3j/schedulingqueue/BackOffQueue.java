package io.k3j.schedulingqueue;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The pods in back-off, by its end, and those of them that may be taken before: by its end in whole seconds, so that
/// of those that wait about as long the more important one comes first, as upstream. What an entry is ordered by does
/// not change while it is here. Guarded by the queue's lock.
final class BackOffQueue {
    private final TreeSet<QueuedPod> all = new TreeSet<>(
            Comparator.comparing((QueuedPod e) -> e.ready).thenComparing(e -> e.order));
    private final TreeSet<QueuedPod> early;
    private final IncomingPods incoming;

    /// @param first the order of those that end in the same second
    /// @param incoming counts those that come here, and those that are taken early
    BackOffQueue(Comparator<QueuedPod> first, IncomingPods incoming) {
        this.incoming = incoming;
        early = new TreeSet<>(Comparator.comparingLong((QueuedPod e) -> e.ready.getEpochSecond()).thenComparing(first));
    }

    int size() {
        return all.size();
    }

    /// @param mayBeEarly false for one that waits after an error
    /// @param event what has brought it here
    void add(QueuedPod pod, boolean mayBeEarly, String event) {
        incoming.count(IncomingPods.BACK_OFF, event);
        all.add(pod);
        if (mayBeEarly) {
            early.add(pod);
        }
    }

    void remove(QueuedPod pod) {
        all.remove(pod);
        early.remove(pod);
    }

    /// Whether one may be taken before its end.
    boolean hasEarly() {
        return !early.isEmpty();
    }

    /// Takes the next of those, null when there is none.
    @Nullable
    QueuedPod takeEarly() {
        QueuedPod next = early.pollFirst();
        if (next != null) {
            all.remove(next);
            incoming.count(IncomingPods.ACTIVE, QueueEvents.POP_FROM_BACK_OFF);
        }
        return next;
    }

    /// Takes one whose back-off has ended, null when there is none.
    @Nullable
    QueuedPod takeEnded(Instant now) {
        if (all.isEmpty() || all.first().ready.isAfter(now)) {
            return null;
        }
        QueuedPod next = all.removeFirst();
        early.remove(next);
        return next;
    }

    /// When the first one ends.
    Optional<Instant> end() {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.first().ready);
    }
}
