package io.k3j.schedulingqueue;

import io.k3j.componentapi.TimeSource;
import io.k3j.metricstext.MetricText;
import io.k3j.schedulercache.PodInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// The queue of pods that need a node.
///
/// ```
///   add ──► active ──take──► (in flight) ──failed──► unschedulable ──helpful event──────┐
///             ▲                   └──error, or helpful event meanwhile──► back-off ◄────┘
///             └──────────────────────────── 1 s … 10 s ───────────────────────────┘
/// ```
///
/// Active pods are ordered by priority, then by when they came back. When there are none, those in back-off are taken
/// before its end, but for those that wait after an error: `SchedulerPopFromBackoffQ`. One entry a pod. For any thread.
public final class SchedulingQueue {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /// Pods that have waited too long are looked for so often, as there may be very many.
    private static final Duration FLUSH = Duration.ofSeconds(30);
    private static final Comparator<QueuedPod> FIRST = Comparator.comparingLong((QueuedPod e) -> -e.priority)
            .thenComparing(e -> e.since).thenComparing(e -> e.order);
    private final InstantSource clock;
    private final Duration initialBackOff;
    private final Duration longestBackOff;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, QueuedPod> pods = new HashMap<>();
    /// What an entry is ordered by does not change while it is in one of these.
    private final TreeSet<QueuedPod> active = new TreeSet<>(FIRST);
    private final IncomingPods incoming = new IncomingPods();
    private final BackOffQueue backOff = new BackOffQueue(FIRST, incoming);
    private final UnschedulablePods unschedulable = new UnschedulablePods();
    /// The profiles of pods that have gates, by uid.
    private final Map<String, String> gated = new HashMap<>();
    private final InFlightEvents inFlight = new InFlightEvents();
    private Instant flushed;

    /// @param initialBackOff after a pod's first rejection, or first error in a row; it doubles up to the longest
    public SchedulingQueue(TimeSource time, Duration initialBackOff, Duration longestBackOff) {
        this.clock = time.monotonic();
        this.initialBackOff = initialBackOff;
        this.longestBackOff = longestBackOff;
        this.flushed = clock.instant();
    }

    /// Adds a pod, or one with a relevant change.
    public void add(PodInfo pod) {
        locked(() -> {
            QueuedPod known = pods.get(pod.uid());
            if (known == null) {
                QueuedPod entry = new QueuedPod(pod, clock.instant());
                pods.put(pod.uid(), entry);
                activate(entry, gated.remove(pod.uid()) != null ? QueueEvents.POD_UNGATED : QueueEvents.POD_ADD);
                return;
            }
            known.pod = pod;
            again(known, QueueEvents.POD_UPDATE);
        });
    }

    /// Tells of a pod that has scheduling gates: it is only counted.
    public void gate(String uid, String profile) {
        locked(() -> {
            leave(uid);
            if (gated.put(uid, profile) == null) {
                incoming.count(IncomingPods.UNSCHEDULABLE, QueueEvents.POD_ADD);
            }
        });
    }

    /// Lets a pod be tried again, whatever has rejected it.
    public void retry(String uid) {
        locked(() -> {
            QueuedPod known = pods.get(uid);
            if (known != null) {
                again(known, QueueEvents.ACTIVATE);
            }
        });
    }

    private void again(QueuedPod known, String event) {
        // an attempt in progress has looked at things as they were
        known.changed = true;
        if (unschedulable.remove(known)) {
            waitOrGo(known, event);
        }
    }

    /// Updates a pod with an irrelevant change.
    public void refresh(PodInfo pod) {
        locked(() -> {
            QueuedPod known = pods.get(pod.uid());
            if (known != null) {
                known.pod = pod;
            }
        });
    }

    /// Removes a pod.
    public void remove(String uid) {
        locked(() -> {
            leave(uid);
            gated.remove(uid);
        });
    }

    private void leave(String uid) {
        QueuedPod known = pods.remove(uid);
        if (known != null) {
            known.gone = true;
            inFlight.end(known);
            active.remove(known);
            backOff.remove(known);
            unschedulable.remove(known);
        }
    }

    /// Takes the next pod; it is in flight until it is returned or removed.
    public Optional<QueuedPod> take() {
        lock.lock();
        try {
            promote();
            QueuedPod next = active.isEmpty() ? backOff.takeEarly() : active.pollFirst();
            if (next != null) {
                next.take(clock.instant(), inFlight.begin());
            }
            return Optional.ofNullable(next);
        } finally {
            lock.unlock();
        }
    }

    /// Returns an unschedulable pod, with the filters that rejected it.
    /// @return false when the pod has left the queue meanwhile
    public boolean failed(QueuedPod entry, Set<String> plugins) {
        return returned(entry, () -> {
            entry.rejected(plugins, initialBackOff, longestBackOff);
            if (inFlight.helped(entry)) {
                backOff.add(entry, true, QueueEvents.FAILURE);
            } else {
                unschedulable.add(entry);
                incoming.count(IncomingPods.UNSCHEDULABLE, QueueEvents.FAILURE);
            }
        });
    }

    /// Returns a pod that waits for its own volumes, which is not a failed attempt: those before count as they did.
    /// @return false when the pod has left the queue meanwhile
    public boolean park(QueuedPod entry, Set<String> plugins) {
        return returned(entry, () -> {
            entry.attempts--;
            entry.plugins = plugins;
            // the event it waits for may have happened meanwhile
            if (inFlight.helped(entry)) {
                active.add(entry);
            } else {
                unschedulable.add(entry);
            }
        });
    }

    /// Returns a pod after an error, with back-off.
    /// @return false when the pod has left the queue meanwhile
    public boolean error(QueuedPod entry) {
        return returned(entry,
                () -> backOff.add(entry.erred(initialBackOff, longestBackOff), false, QueueEvents.FAILURE));
    }

    /// A pod that was returned already stays where it is.
    private boolean returned(QueuedPod entry, Runnable place) {
        lock.lock();
        try {
            if (entry.inFlight && !entry.gone) {
                entry.returned(clock.instant());
                place.run();
                inFlight.end(entry);
                changed.signalAll();
            }
            return !entry.gone;
        } finally {
            lock.unlock();
        }
    }

    /// Moves pods that one of these filters has rejected; an empty set moves all.
    ///
    /// @param event one of [QueueEvents]
    public void changed(String event, Set<String> plugins) {
        move(event, plugins, _ -> true);
    }

    /// Moves pods that one of these filters has rejected, if the event may help them; an empty set stands for all.
    ///
    /// @param helps called with the lock held, for a pod in flight when its attempt has failed
    public void changed(String event, Set<String> plugins, Predicate<PodInfo> helps) {
        move(event, plugins, e -> helps.test(e.pod));
    }

    /// Moves pods that one of these filters has rejected, if the event may help them with that filter; an empty set
    /// stands for all, and a pod that no filter has rejected is helped by any event.
    ///
    /// @param hint whether the event may help a pod with a filter; called as the predicate above
    public void changed(String event, Set<String> plugins, BiPredicate<PodInfo, String> hint) {
        move(event, plugins, e -> e.helped(plugins, hint));
    }

    private void move(String event, Set<String> plugins, Predicate<QueuedPod> goes) {
        locked(() -> {
            inFlight.happened(plugins, goes);
            unschedulable.takeOut(plugins, goes).forEach(e -> waitOrGo(e, event));
        });
    }

    /// How many pods wait where and why.
    public PendingPods pending() {
        lock.lock();
        try {
            return new PendingPods(active.size(), backOff.size(), unschedulable.size(), gated.size(),
                    PendingPods.reasons(pods.values(), gated.values()));
        } finally {
            lock.unlock();
        }
    }

    /// Appends what waits where, and how many came to where.
    public void to(MetricText text) {
        pending().to(text);
        incoming.to(text);
    }

    /// Waits until a pod may be due, or the timeout.
    public void await(Duration atMost) {
        lock.lock();
        try {
            promote();
            if (active.isEmpty() && !backOff.hasEarly()) {
                Duration wait = backOff.end().map(end -> Duration.between(clock.instant(), end)).orElse(atMost);
                changed.await(Math.max(1, Math.min(wait.toNanos(), atMost.toNanos())), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void waitOrGo(QueuedPod entry, String event) {
        if (entry.ready.isAfter(clock.instant())) {
            backOff.add(entry, true, event);
        } else {
            activate(entry, event);
        }
    }

    private void activate(QueuedPod entry, String event) {
        active.add(entry);
        incoming.count(IncomingPods.ACTIVE, event);
    }

    private void promote() {
        Instant now = clock.instant();
        for (QueuedPod next = backOff.takeEnded(now); next != null; next = backOff.takeEnded(now)) {
            activate(next, QueueEvents.BACK_OFF_COMPLETE);
        }
        if (now.isBefore(flushed.plus(FLUSH))) {
            return;
        }
        flushed = now;
        unschedulable.takeOut(Set.of(), e -> e.failedAt.plus(LONGEST_WAIT).isBefore(now)).forEach(e -> {
            e.late = true;
            activate(e, QueueEvents.TIMEOUT);
        });
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
