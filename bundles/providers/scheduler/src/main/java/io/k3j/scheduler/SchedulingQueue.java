package io.k3j.scheduler;

import io.k3j.componentapi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The queue of pods that need a node.
///
/// ```
///   add ──► active ──take──► (in flight) ──failed──► unschedulable ──helpful event──────┐
///             ▲                   └──error, or helpful event meanwhile──► back-off ◄────┘
///             └──────────────────────────── 1 s … 10 s ───────────────────────────┘
/// ```
///
/// Active pods are ordered by priority, then by the time they came or came back. One entry per pod. For any thread.
final class SchedulingQueue {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /// A pod and its attempts.
    static final class Entry {
        private PodInfo pod;
        private Instant since;
        private int attempts;
        private Instant failedAt = Instant.MIN;
        private Set<String> plugins = Set.of();
        private boolean gone;
        private boolean inFlight;
        private long takenAt;

        Entry(PodInfo pod, Instant since) {
            this.pod = pod;
            this.since = since;
        }

        PodInfo pod() {
            return pod;
        }

        int attempts() {
            return attempts;
        }
    }

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();
    private final PriorityQueue<Entry> active = new PriorityQueue<>(Comparator
            .comparingLong((Entry e) -> -e.pod().priority()).thenComparing(e -> e.since)
            .thenComparing(e -> e.pod.key()));
    private final PriorityQueue<Entry> backOff = new PriorityQueue<>(Comparator.comparing(SchedulingQueue::ready));
    private final Set<Entry> unschedulable = new HashSet<>();
    private final Map<String, Long> movesOf = new HashMap<>();
    private long moves;
    private long movesOfAny;

    SchedulingQueue(TimeSource time) {
        this.clock = time.monotonic();
    }

    /// Adds a pod, or one with a relevant change.
    void add(PodInfo pod) {
        locked(() -> {
            Entry known = entries.get(pod.uid());
            if (known == null) {
                Entry entry = new Entry(pod, clock.instant());
                entries.put(pod.uid(), entry);
                active.add(entry);
                return;
            }
            known.pod = pod;
            again(known);
        });
    }

    /// Lets a pod be tried again, whatever has rejected it.
    void retry(String uid) {
        locked(() -> {
            Entry known = entries.get(uid);
            if (known != null) {
                again(known);
            }
        });
    }

    private void again(Entry known) {
        // an attempt in progress has looked at things as they were
        known.takenAt = -1;
        if (unschedulable.remove(known)) {
            waitOrGo(known);
        }
    }

    /// Updates a pod with an irrelevant change.
    void refresh(PodInfo pod) {
        locked(() -> {
            Entry known = entries.get(pod.uid());
            if (known != null) {
                known.pod = pod;
            }
        });
    }

    /// Removes a pod.
    void remove(String uid) {
        locked(() -> {
            Entry known = entries.remove(uid);
            if (known != null) {
                known.gone = true;
                active.remove(known);
                backOff.remove(known);
                unschedulable.remove(known);
            }
        });
    }

    /// Takes the next pod; it is in flight until it is returned or removed.
    Optional<Entry> take() {
        lock.lock();
        try {
            promote();
            @Nullable
            Entry next = active.poll();
            if (next != null) {
                next.attempts++;
                next.inFlight = true;
                next.takenAt = moves;
            }
            return Optional.ofNullable(next);
        } finally {
            lock.unlock();
        }
    }

    /// Returns an unschedulable pod, with the filters that rejected it.
    /// @return false when the pod has left the queue meanwhile
    boolean failed(Entry entry, Set<String> plugins) {
        return returned(entry, () -> {
            entry.plugins = plugins;
            (helpedMeanwhile(entry) ? backOff : unschedulable).add(entry);
        });
    }

    /// Returns a pod that waits for its own volumes, which is not a failed attempt.
    /// @return false when the pod has left the queue meanwhile
    boolean park(Entry entry, Set<String> plugins) {
        return returned(entry, () -> {
            entry.attempts = 0;
            entry.plugins = plugins;
            // the event it waits for may have happened meanwhile
            (helpedMeanwhile(entry) ? active : unschedulable).add(entry);
        });
    }

    /// Returns a pod after an error, with back-off.
    /// @return false when the pod has left the queue meanwhile
    boolean error(Entry entry) {
        return returned(entry, () -> backOff.add(entry));
    }

    /// A pod that was returned already stays where it is.
    private boolean returned(Entry entry, Runnable place) {
        lock.lock();
        try {
            if (entry.inFlight && !entry.gone) {
                entry.failedAt = clock.instant();
                entry.since = entry.failedAt;
                entry.inFlight = false;
                place.run();
                changed.signalAll();
            }
            return !entry.gone;
        } finally {
            lock.unlock();
        }
    }

    /// Moves pods that one of these filters has rejected; an empty set moves all.
    void changed(Set<String> plugins) {
        changed(plugins, pod -> true);
    }

    /// Moves pods that one of these filters has rejected, if the event may help them; an empty set stands for all.
    ///
    /// @param helps called with the lock held; a pod in flight counts as helped
    void changed(Set<String> plugins, Predicate<PodInfo> helps) {
        locked(() -> {
            moves++;
            plugins.forEach(p -> movesOf.put(p, moves));
            movesOfAny = plugins.isEmpty() ? moves : movesOfAny;
            for (Iterator<Entry> i = unschedulable.iterator(); i.hasNext();) {
                Entry entry = i.next();
                boolean rejected = plugins.isEmpty() || entry.plugins.isEmpty()
                        || entry.plugins.stream().anyMatch(plugins::contains);
                if (rejected && helps.test(entry.pod)) {
                    i.remove();
                    waitOrGo(entry);
                }
            }
        });
    }

    /// The number of pods in any state.
    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a pod may be due, or the timeout.
    void await(Duration atMost) {
        lock.lock();
        try {
            promote();
            if (active.isEmpty()) {
                @Nullable
                Entry next = backOff.peek();
                Duration wait = next == null ? atMost : Duration.between(clock.instant(), ready(next));
                changed.await(Math.max(1, Math.min(wait.toNanos(), atMost.toNanos())), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Whether an event during the attempt may help with the filters that rejected the pod.
    private boolean helpedMeanwhile(Entry entry) {
        return movesOfAny > entry.takenAt || entry.plugins.isEmpty() && moves > entry.takenAt
                || entry.plugins.stream().anyMatch(p -> movesOf.getOrDefault(p, 0L) > entry.takenAt);
    }

    private void waitOrGo(Entry entry) {
        if (ready(entry).isAfter(clock.instant())) {
            backOff.add(entry);
        } else {
            active.add(entry);
        }
    }

    private void promote() {
        Instant now = clock.instant();
        for (Entry e = backOff.peek(); e != null && !ready(e).isAfter(now); e = backOff.peek()) {
            active.add(backOff.remove());
        }
        List<Entry> late = new ArrayList<>();
        for (Entry e : unschedulable) {
            if (e.failedAt.plus(LONGEST_WAIT).isBefore(now)) {
                late.add(e);
            }
        }
        late.forEach(e -> {
            unschedulable.remove(e);
            active.add(e);
        });
    }

    private static Instant ready(Entry entry) {
        if (entry.attempts == 0 || entry.failedAt.equals(Instant.MIN)) {
            return Instant.MIN;
        }
        Duration wait = FIRST_BACK_OFF.multipliedBy(1L << Math.min(10, entry.attempts - 1));
        return entry.failedAt.plus(wait.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : wait);
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
