package io.k3j.plugins;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// The threads that plug-ins leave behind when they are stopped: interrupted when they have not ended after [#GRACE],
/// and told by name when they have not after [#LIMIT]; so is what goes on computing on a thread without a name. No
/// thread of a JVM can be ended that does not want to. One thread looks; reads no clock.
final class LeftThreads {
    /// How long they have to end by themselves.
    static final Duration GRACE = Duration.ofSeconds(5);
    /// How long they have altogether.
    static final Duration LIMIT = Duration.ofSeconds(10);
    /// Stands for threads whose names nobody knows: virtual ones, and those of the server.
    static final String COMPUTES = "goes on computing after its stop";
    /// How many are told by name.
    private static final int NAMES = 10;
    /// How many stopped bundles are looked after; beyond that the oldest are forgotten.
    private static final int MOST = 256;
    private final Function<String, Set<Long>> started;
    private final Function<Set<Long>, List<Thread>> running;
    private final ToLongFunction<String> computed;
    /// In the order of their stops, [#MOST] at most after a look.
    private final List<Stopped> stopped = new ArrayList<>();

    /// A bundle that was stopped.
    private static final class Stopped {
        private final String file;
        private final String location;
        private final Instant at;
        /// Whether its threads were interrupted: once is enough for those that listen.
        private boolean interrupted;
        /// How often it was found computing at the last look, and when that has grown.
        private long computed;
        private Instant grew;

        Stopped(String file, String location, Instant at) {
            this.file = file;
            this.location = location;
            this.at = at;
            this.grew = at;
        }

        /// It was looked at.
        /// @param now how often it was found computing since it was started
        void found(long now, Instant at) {
            grew = now == computed ? grew : at;
            computed = now;
        }
    }

    /// @param started the ids of the threads that a bundle has started, by its location
    /// @param running those of them that have not ended
    /// @param computed how often a bundle was found computing, on whatever thread
    LeftThreads(Function<String, Set<Long>> started, Function<Set<Long>, List<Thread>> running,
            ToLongFunction<String> computed) {
        this.started = started;
        this.running = running;
        this.computed = computed;
    }

    /// The live platform threads of this process among these.
    static List<Thread> alive(Set<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        // threads that begin meanwhile are none of these
        Thread[] all = new Thread[root.activeCount() * 2 + ids.size()];
        int count = root.enumerate(all, true);
        return Arrays.stream(all, 0, count).filter(thread -> ids.contains(thread.threadId())).toList();
    }

    /// A bundle was stopped, whoever has stopped it.
    ///
    /// @param file of its plug-in, for those who are told
    /// @param location of the bundle
    void stopped(String file, String location, Instant at) {
        stopped.removeIf(one -> one.location.equals(location));
        Stopped one = new Stopped(file, location, at);
        one.computed = computed.applyAsLong(location);
        stopped.add(one);
    }

    /// A bundle that was stopped runs again: its threads are its own.
    void again(String location) {
        stopped.removeIf(one -> one.location.equals(location));
    }

    /// Whether there is anything to look at.
    boolean any() {
        return !stopped.isEmpty();
    }

    /// Looks at what the stopped ones have left. Interrupts threads; waits for none.
    ///
    /// @param now a monotonic time
    /// @param over told of each bundle that has left nothing, by its location
    /// @return the names of threads that go on beyond the limit, by the plug-in's file
    Map<String, List<String>> look(Instant now, Consumer<String> over) {
        while (stopped.size() > MOST) {
            over.accept(stopped.removeFirst().location);
        }
        Map<String, List<String>> left = new TreeMap<>();
        for (Stopped one : List.copyOf(stopped)) {
            Duration since = Duration.between(one.at, now);
            List<Thread> alive = running.apply(started.apply(one.location));
            one.found(computed.applyAsLong(one.location), now);
            // what was found before its stop is told of a little later
            boolean computes = Duration.between(one.grew, now).compareTo(LIMIT) < 0
                    && Duration.between(one.at, one.grew).compareTo(GRACE) > 0;
            if (alive.isEmpty() && !computes && since.compareTo(LIMIT) >= 0) {
                stopped.remove(one);
                over.accept(one.location);
            } else if (since.compareTo(LIMIT) >= 0) {
                left.computeIfAbsent(one.file, _ -> new ArrayList<>())
                        .addAll(alive.isEmpty() ? List.of(COMPUTES) : names(alive));
            } else if (since.compareTo(GRACE) >= 0 && !alive.isEmpty() && !one.interrupted) {
                one.interrupted = true;
                alive.forEach(Thread::interrupt);
            }
        }
        return left;
    }

    /// As many as a sentence holds.
    private static List<String> names(Collection<Thread> threads) {
        return threads.stream().map(Thread::getName).sorted().limit(NAMES).toList();
    }
}
