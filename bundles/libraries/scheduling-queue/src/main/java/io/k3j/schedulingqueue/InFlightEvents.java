package io.k3j.schedulingqueue;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What happens while pods are in an attempt, as upstream's in-flight events: a pod whose attempt fails is judged by
/// each event since it was taken, with the event's own hints, as if it had waited when that happened. Nothing is kept
/// while no pod is in flight. Guarded by the queue's lock.
final class InFlightEvents {
    /// So many are kept; a pod in flight that misses one of more counts as helped by it.
    static final int MOST = 2_000;
    private final Deque<Event> events = new ArrayDeque<>();
    /// How many pods were taken after which event.
    private final TreeMap<Long, Integer> taken = new TreeMap<>();
    private long last;
    /// The last event that is not kept although a pod in flight has not been judged by it.
    private long forgotten;

    /// @param filters that it may have made more lenient; none stands for all
    /// @param goes whether it may help a pod that one of them has rejected
    private record Event(long number, Set<String> filters, Predicate<QueuedPod> goes) {
        boolean helps(QueuedPod pod) {
            return (filters.isEmpty() || pod.plugins.isEmpty() || !Collections.disjoint(filters, pod.plugins))
                    && goes.test(pod);
        }
    }

    /// A pod is taken.
    /// @return the last event before it
    long begin() {
        taken.merge(last, 1, Integer::sum);
        return last;
    }

    /// A pod is in flight no more, if it was.
    void end(QueuedPod pod) {
        if (!pod.inFlight) {
            return;
        }
        pod.inFlight = false;
        taken.computeIfPresent(pod.takenAt, (_, pods) -> pods == 1 ? null : pods - 1);
        if (taken.isEmpty()) {
            events.clear();
            return;
        }
        long first = taken.firstKey();
        while (!events.isEmpty() && events.getFirst().number <= first) {
            events.removeFirst();
        }
    }

    /// Something has happened that may help pods which some filters have rejected.
    void happened(Set<String> filters, Predicate<QueuedPod> goes) {
        last++;
        if (taken.isEmpty()) {
            return;
        }
        events.addLast(new Event(last, filters, goes));
        if (events.size() > MOST) {
            forgotten = events.removeFirst().number;
        }
    }

    /// Whether one that is in flight was helped since it was taken, rejected as it is now.
    boolean helped(QueuedPod pod) {
        if (pod.changed || pod.takenAt < forgotten) {
            return true;
        }
        for (Iterator<Event> all = events.descendingIterator(); all.hasNext();) {
            Event event = all.next();
            if (event.number <= pod.takenAt) {
                return false;
            }
            if (event.helps(pod)) {
                return true;
            }
        }
        return false;
    }
}
