package io.k3j.plugins;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

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
    /// As near to each other samples of one thread count.
    private static final Duration CLOSEST = PERIOD.multipliedBy(9).dividedBy(10);
    /// How many threads are remembered.
    private static final int MOST_SEEN = 4_096;
    private static final double SECOND_NANOS = 1e9;

    /// By the location of the bundle.
    private final Map<String, Samples> samples = new HashMap<>();
    /// The location of the bundle whose code has started a thread, by the thread's id.
    private final Map<Long, String> starters = new HashMap<>();
    /// The threads that were found last.
    private final Map<Long, Seen> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Seen> eldest) {
            return size() > MOST_SEEN;
        }
    };

    /// When a thread was counted, and whose.
    private record Seen(String location, Instant at) {
    }

    /// A thread that was found computing.
    ///
    /// @param cut whether the beginning of its stack is not known
    record Computing(long thread, boolean virtual, boolean cut) {
    }

    /// What one bundle has used, and how many seconds it has left at a moment.
    private static final class Samples {
        private double share = SHARE;
        private double left = seconds(BURST);
        private Instant at = Instant.MIN;
        private long all;
        /// Once it was empty it stays so: what is stopped for it must not depend on when it was looked at.
        private boolean over;

        /// One sample takes a period out of the bucket, and time has put the bundle's share into it.
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

    /// A bundle was found computing. One thread is found once a period at most, however many recordings look at it.
    synchronized void computed(String location, long thread, Instant at) {
        Seen before = seen.put(thread, new Seen(location, at));
        if (before != null && at.isBefore(before.at.plus(CLOSEST))) {
            seen.put(thread, new Seen(location, before.at));
            return;
        }
        of(location).add(at);
    }

    /// Whose a thread is that was found computing. Its stack says it, but names of classes may be those of two
    /// versions: a thread is whose code has started it, and one that belonged to what was stopped meanwhile still does.
    /// @param nearest the location of the bundle whose method is nearest to what is done; empty for none
    /// @param stopped knows bundles that were stopped
    synchronized String owner(Computing found, String nearest, Predicate<String> stopped) {
        if (nearest.isEmpty() && !found.cut()) {
            return "";
        }
        String starter = starters.getOrDefault(found.thread(), "");
        if (!starter.isEmpty()) {
            return starter;
        }
        Seen before = seen.get(found.thread());
        if (before == null || !found.virtual()) {
            return nearest;
        }
        return nearest.isEmpty() || stopped.test(before.location) ? before.location : nearest;
    }

    /// Whether its code has started a thread.
    synchronized boolean started(long thread) {
        return starters.containsKey(thread);
    }

    /// How often a bundle was found computing since it was started.
    synchronized long samples(String location) {
        Samples mine = samples.get(location);
        return mine == null ? 0 : mine.all;
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
        seen.remove(thread);
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
        seen.values().removeIf(one -> one.location.equals(location));
    }
}
