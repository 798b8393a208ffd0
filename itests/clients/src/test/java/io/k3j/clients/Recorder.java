package io.k3j.clients;

import io.k3j.clients.Client.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The events of one watch or informer in their order; those of objects that no test made are left out.
final class Recorder implements Consumer<Event> {
    private final String prefix;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final List<Event> events = new ArrayList<>();

    /// Keeps events of names that begin with `prefix`.
    Recorder(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public void accept(Event event) {
        lock.lock();
        try {
            if (event.name().startsWith(prefix)) {
                events.add(event);
                came.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Everything so far.
    List<Event> events() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the events fulfil a condition.
    /// @return whether they did in time
    boolean await(Duration limit, Predicate<List<Event>> condition) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!condition.test(events) && left > 0) {
                left = came.awaitNanos(left);
            }
            return condition.test(events);
        } finally {
            lock.unlock();
        }
    }

    /// Per name the types and versions in their order, e.g. `ADDED 17, MODIFIED 20`.
    Map<String, List<String>> sequences() {
        Map<String, List<String>> sequences = new TreeMap<>();
        for (Event event : events()) {
            sequences.computeIfAbsent(event.name(), name -> new ArrayList<>())
                    .add(event.type() + " " + event.resourceVersion());
        }
        return sequences;
    }
}
