package io.k3j.kubeleteviction;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Keeps the node alive when it runs short of memory, disk or processes: says so in conditions, removes what nobody
/// needs, and ends one pod at a time until enough is left. A round is [#synchronize]; one thread at a time. What it
/// remembers is since when something is short, so a kubelet that has just started begins anew.
public final class EvictionManager {
    /// The reason of events and of a pod's status.
    public static final String REASON = "Evicted";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// The least priority of pods without which the cluster would not work.
    private static final long CRITICAL = 2_000_000_000;
    /// How long a pod has that has to go at once.
    private static final Duration IMMEDIATE = Duration.ofSeconds(1);
    private final EvictionConfig config;
    private final Node node;
    private final InstantSource clock;
    private Map<Threshold, Instant> first = Map.of();
    private final Map<String, Instant> observed = new HashMap<>();
    /// By signal, of which there are some.
    private final Map<String, LongAdder> evictions = new ConcurrentHashMap<>();
    private List<Threshold> resolving = List.of();
    private Observations last = Observations.NONE;
    private volatile Set<String> conditions = Set.of();

    /// The node as evictions see it. Every method may block; whatever one throws ends the round.
    public interface Node {
        /// The node's summary (`stats/v1alpha1`).
        Struct summary() throws InterruptedException;

        /// The pods that run or may run: neither ended nor ending.
        List<Obj> pods();

        /// What a pod requests of a resource, in bytes.
        long request(Obj pod, String resource);

        /// Whether images and containers have a file system of their own.
        boolean separateImages();

        /// Removes the images that no container uses.
        void removeImages();

        /// Ends a pod as `Failed` with [#REASON], after an event about it.
        ///
        /// @param disruption whether it goes because of what the node has left, and not for its own limits
        void evict(Obj pod, Duration grace, String message, boolean disruption);

        /// A warning about the node.
        void told(String reason, String message);
    }

    /// @param clock the monotonic clock
    public EvictionManager(EvictionConfig config, Node node, InstantSource clock) {
        this.config = config;
        this.node = node;
        this.clock = clock;
    }

    /// The pressures the Node is to tell: `MemoryPressure`, `DiskPressure`, `PIDPressure`, those that are. Any thread.
    public Set<String> conditions() {
        return conditions;
    }

    /// How many pods were ended, by the signal, or the limit of their own, because of which they were. Any thread.
    public SortedMap<String, Long> evictions() {
        SortedMap<String, Long> all = new TreeMap<>();
        evictions.forEach((signal, count) -> all.put(signal, count.sum()));
        return all;
    }

    /// Whether a pod is never evicted, and admitted whatever the pressure: a static one, or one of the highest
    /// priorities.
    public static boolean critical(Obj pod) {
        return pod.annotations().containsKey("kubernetes.io/config.mirror")
                || !pod.annotations().getOrDefault("kubernetes.io/config.source", "api").equals("api")
                || pod.spec().whole("priority", 0) >= CRITICAL;
    }

    /// One round.
    /// @return the pods that are ending now because of it
    public List<Obj> synchronize() throws InterruptedException {
        Observations seen = Observations.of(node.summary());
        List<Threshold> due = due(seen);
        List<Obj> pods = node.pods();
        List<Obj> greedy = greedy(pods, seen);
        if (!greedy.isEmpty() || due.isEmpty()) {
            return greedy;
        }
        // memory first, since the kernel would kill somebody soon
        due.sort(Comparator.comparing(t -> !t.signal().resource().equals("memory")));
        Threshold most = due.getFirst();
        String resource = most.signal().resource();
        LOG.log(System.Logger.Level.INFO, "Attempting to reclaim resource={0} signal={1}", resource,
                most.signal().text());
        node.told("EvictionThresholdMet", "Attempting to reclaim " + resource);
        return reclaimed(most.signal()) ? List.of() : evictOne(most, due, pods, seen);
    }

    /// The thresholds whose graces have passed, of which there is news.
    private List<Threshold> due(Observations seen) {
        Instant now = clock.instant();
        Set<Threshold> met = new LinkedHashSet<>(met(config.thresholds(), seen, false));
        met.addAll(met(resolving, seen, true));
        Map<Threshold, Instant> since = new HashMap<>();
        met.forEach(t -> {
            since.put(t, first.getOrDefault(t, now));
            observed.put(t.signal().condition(), now);
        });
        first = since;
        Set<String> present = new TreeSet<>();
        observed.forEach((condition, at) -> {
            if (Duration.between(at, now).compareTo(config.transition()) < 0
                    || met.stream().anyMatch(t -> t.signal().condition().equals(condition))) {
                present.add(condition);
            }
        });
        conditions = present;
        resolving = met.stream()
                .filter(t -> Duration.between(since.getOrDefault(t, now), now).compareTo(t.grace()) >= 0).toList();
        List<Threshold> news = new ArrayList<>(resolving);
        Observations before = last;
        news.removeIf(t -> !seen.newer(t.signal(), before));
        last = seen;
        return news;
    }

    private static List<Threshold> met(List<Threshold> thresholds, Observations seen, boolean reclaiming) {
        return thresholds.stream().filter(t -> seen.of(t.signal()).map(o -> t.met(o, reclaiming)).orElse(false))
                .toList();
    }

    /// Ends pods that use more of the disk than they may.
    private List<Obj> greedy(List<Obj> pods, Observations seen) {
        LocalStorageLimits limits = new LocalStorageLimits(node.separateImages());
        List<Obj> all = new ArrayList<>();
        for (Obj pod : pods) {
            Optional<LocalStorageLimits.Excess> why = seen.pod(pod.uid())
                    .flatMap(stats -> limits.excess(pod, stats));
            if (why.isPresent() && evict(pod, IMMEDIATE, why.get().message(), false)) {
                counted(why.get().signal());
                all.add(pod);
            }
        }
        return all;
    }

    /// Whether what was removed of the node's own is enough.
    private boolean reclaimed(EvictionSignal signal) throws InterruptedException {
        boolean useful = signal.disk() && !(node.separateImages()
                && (signal == EvictionSignal.NODE_FS || signal == EvictionSignal.NODE_FS_INODES));
        if (!useful) {
            return false;
        }
        node.removeImages();
        return met(config.thresholds(), Observations.of(node.summary()), true).isEmpty();
    }

    private List<Obj> evictOne(Threshold threshold, List<Threshold> due, List<Obj> pods, Observations seen) {
        EvictionSignal signal = threshold.signal();
        List<Obj> ranked = new PodRanking(signal, new PodUse(node.separateImages()), seen,
                pod -> signal.resource().equals("inodes") ? 0 : node.request(pod, signal.resource())).of(pods);
        for (Obj pod : ranked) {
            Duration grace = threshold.hard() ? IMMEDIATE : Duration.ofSeconds(Math.min(
                    config.longestGrace().toSeconds(), pod.spec().whole("terminationGracePeriodSeconds", 30)));
            if (evict(pod, grace, EvictionMessages.of(signal, pod, due, seen), true)) {
                counted(signal.text());
                return List.of(pod);
            }
        }
        LOG.log(System.Logger.Level.WARNING, "Cannot evict any pod from the node resource={0}", signal.resource());
        return List.of();
    }

    private void counted(String signal) {
        evictions.computeIfAbsent(signal, s -> new LongAdder()).increment();
    }

    private boolean evict(Obj pod, Duration grace, String message, boolean disruption) {
        if (critical(pod)) {
            return false;
        }
        LOG.log(System.Logger.Level.INFO, "Evicting pod={0} reason={1}", pod.key(), message);
        node.evict(pod, grace, message, disruption);
        return true;
    }
}
