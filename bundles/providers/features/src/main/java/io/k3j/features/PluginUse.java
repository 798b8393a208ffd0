package io.k3j.features;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What plug-ins take of the processors, and which threads they have started, by the locations of their bundles. Told by
/// whoever samples the process; reads no clock. Thread-safe.
///
/// A sample is a thread that was found computing in, or below, a method of a plug-in, one of
/// [#PERIOD]. So many of them within [#WINDOW] are a plug-in that computes without an end.
final class PluginUse {
    /// Between two looks at what computes.
    static final Duration PERIOD = Duration.ofMillis(100);
    /// The time over which samples are added up.
    static final Duration WINDOW = Duration.ofSeconds(10);
    /// What a plug-in may take of one processor, in percent, all its threads together, over the whole window.
    static final int PERCENT = 75;
    /// How many threads of its own, virtual ones not counted, a plug-in may have at once.
    static final int MOST_THREADS = 200;
    private static final int MOST_SAMPLES = (int) (WINDOW.toMillis() * PERCENT / 100 / PERIOD.toMillis());

    private final Map<String, Samples> samples = new HashMap<>();
    private final Map<Long, String> starters = new HashMap<>();

    /// The newest samples of one bundle, and how many there ever were.
    private static final class Samples {
        private final Deque<Instant> newest = new ArrayDeque<>();
        private long all;
        private boolean over;
    }

    /// A bundle was found computing.
    synchronized void computed(String location, Instant at) {
        Samples mine = samples.computeIfAbsent(location, _ -> new Samples());
        mine.all++;
        mine.newest.addLast(at);
        Instant begin = at.minus(WINDOW);
        while (!mine.newest.isEmpty() && !mine.newest.getFirst().isAfter(begin)) {
            mine.newest.removeFirst();
        }
        if (mine.newest.size() >= MOST_SAMPLES) {
            mine.over = true;
            mine.newest.clear();
        }
    }

    /// A thread has begun.
    /// @param parent the thread that has started it
    /// @param location of the bundle whose code has started it, empty when it was nobody's; what a plug-in's own thread
    ///        starts is the plug-in's
    synchronized void started(long thread, long parent, String location) {
        String owner = location.isEmpty() ? starters.getOrDefault(parent, "") : location;
        if (!owner.isEmpty()) {
            starters.put(thread, owner);
        }
    }

    /// A thread has ended.
    synchronized void ended(long thread) {
        starters.remove(thread);
    }

    /// A bundle is about to be started, maybe not for the first time.
    synchronized void again(String location) {
        samples.remove(location);
    }

    /// Whether a bundle has ever taken more of the processors than it may.
    synchronized boolean over(String location) {
        Samples mine = samples.get(location);
        return mine != null && mine.over;
    }

    /// The processor time of a bundle, as far as samples tell.
    synchronized Duration processor(String location) {
        Samples mine = samples.get(location);
        return mine == null ? Duration.ZERO : PERIOD.multipliedBy(mine.all);
    }

    /// The threads that a bundle has started and that have not ended, by their ids.
    synchronized Set<Long> threads(String location) {
        Set<Long> threads = new HashSet<>();
        starters.forEach((thread, owner) -> {
            if (owner.equals(location)) {
                threads.add(thread);
            }
        });
        return threads;
    }

    /// The bundle has been taken away, and its threads have ended or are not waited for any more.
    synchronized void forget(String location) {
        samples.remove(location);
        starters.values().removeIf(location::equals);
    }
}
