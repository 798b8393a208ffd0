package io.k3j.features;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What plug-ins take of the processors, and which threads they have started, by the locations of their bundles. Told
/// by whoever samples the process; reads no clock. Thread-safe.
///
/// A sample is a thread that was found computing in, or below, a method of a plug-in, one of [#PERIOD]. In the long run
/// a plug-in may compute for a share of a processor, and for [#BURST] more at any time, as a bucket that is filled
/// slowly.
final class PluginUse {
    /// Between two looks at what computes.
    static final Duration PERIOD = Duration.ofMillis(100);
    /// What a plug-in may compute beyond its share.
    static final Duration BURST = Duration.ofSeconds(10);
    /// The processors of a plug-in that does not say how many it needs, all its threads together.
    static final double SHARE = 0.1;
    /// How many threads of its own, virtual ones not counted, a plug-in may have at once.
    static final int MOST_THREADS = 200;
    private static final double SECOND_NANOS = 1e9;

    private final Map<String, Samples> samples = new HashMap<>();
    private final Map<Long, String> starters = new HashMap<>();

    /// What one bundle has used, and how many seconds it has left at a moment.
    private static final class Samples {
        private double share = SHARE;
        private double left = seconds(BURST);
        private Instant at = Instant.MIN;
        private long all;
        private boolean over;

        void add(Instant now) {
            Duration since = at.equals(Instant.MIN) ? Duration.ZERO : Duration.between(at, now);
            left = Math.min(seconds(BURST), left + share * seconds(since)) - seconds(PERIOD);
            over |= left <= 0;
            at = now;
            all++;
        }

        private static double seconds(Duration time) {
            return time.toNanos() / SECOND_NANOS;
        }
    }

    private Samples of(String location) {
        return samples.computeIfAbsent(location, _ -> new Samples());
    }

    /// How many processors a bundle may use in the long run.
    synchronized void allow(String location, double processors) {
        of(location).share = processors;
    }

    /// A bundle was found computing.
    synchronized void computed(String location, Instant at) {
        of(location).add(at);
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
