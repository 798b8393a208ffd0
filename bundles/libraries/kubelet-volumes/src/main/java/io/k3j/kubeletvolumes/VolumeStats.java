package io.k3j.kubeletvolumes;

import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What the volumes of this node's pods use, counted in the background; upstream's `volumeStatCalculator`. Any thread
/// may ask and gets what was counted last; [#run] takes a thread, which the disk blocks.
///
/// A volume is counted soon after it was made, then once a period at most, and less often where counting takes long:
/// after a round nothing is counted for nine times as long, so all of it takes a tenth of one processor at most. The
/// volumes are counted one after the other, but for those of drivers: each of these is asked for on a virtual thread
/// of its own, one at a time, so that a driver that takes its time or never answers delays the figures of its own
/// volumes alone.
public final class VolumeStats {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    /// How old figures become: the default of upstream's `--volume-stats-agg-period`.
    public static final Duration PERIOD = Duration.ofMinutes(1);
    /// How soon new volumes are seen.
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final int REST = 9;
    /// How long drivers that are being asked have to let go at the end.
    private static final Duration STOP = Duration.ofSeconds(3);
    private final InstantSource clock;
    private final InstantSource monotonic;
    private final DiskUsage disk;
    private final Duration period;
    private volatile DriverUsage drivers = volume -> Optional.empty();
    private final Map<String, Map<String, Counted>> pods = new ConcurrentHashMap<>();
    /// The volumes that drivers are being asked of: as many as there are at most.
    private final Set<Path> asked = ConcurrentHashMap.newKeySet();

    /// Counts nothing yet.
    /// @param clock of the time of day, for what is told
    /// @param monotonic what nobody sets, for how old figures are
    public VolumeStats(InstantSource clock, InstantSource monotonic) {
        this(clock, monotonic, PERIOD);
    }

    /// @param period how old figures become; nothing is ever counted unless it is positive
    public VolumeStats(InstantSource clock, InstantSource monotonic, Duration period) {
        this.clock = clock;
        this.monotonic = monotonic;
        this.disk = new DiskUsage();
        this.period = period;
    }

    /// How what a volume uses is told, as upstream's `MetricsProvider` of its kind tells it.
    enum Metrics {
        /// Not at all: it is a place of the host's, which may be all of it.
        NONE,
        /// By its file system, which it is thought to have for itself.
        FILE_SYSTEM,
        /// By counting what lies in it.
        TREE,
        /// By what its driver says, or the one who has mounted what a server has.
        DRIVER
    }

    /// Who says what a volume uses, where nothing of this process can tell. Called on a virtual thread of the volume's
    /// own, which it may block for as long as a driver is given; it is interrupted at the end of [VolumeStats#run].
    @FunctionalInterface
    interface DriverUsage {
        /// @return empty where the driver tells nothing
        Optional<VolumeUsage> of(Path volume) throws IOException;
    }

    /// A volume that was made for a pod.
    ///
    /// @param name in the pod
    /// @param path on the host
    /// @param metrics of its kind
    /// @param claim by whose name it was asked for, if by one
    /// @param ephemeral whether it takes the pod's ephemeral storage
    record Mounted(String name, Path path, Metrics metrics, Optional<String> claim, boolean ephemeral) {
    }

    /// What a volume uses.
    ///
    /// @param name in the pod
    /// @param claim its PersistentVolumeClaim in the pod's namespace, if it has one
    /// @param ephemeral whether it takes the pod's ephemeral storage
    /// @param at when it was counted
    /// @param used by the volume
    /// @param fileSystem that it is on
    public record Usage(String name, Optional<String> claim, boolean ephemeral, Instant at, DiskUsage.Used used,
            DiskUsage.FileSystem fileSystem) {
    }

    /// @param since of the monotonic clock, when it was counted; long ago for one that never was
    private record Counted(Mounted volume, Optional<Usage> usage, Instant since) {
    }

    /// Asks this one of volumes of [Metrics#DRIVER] from now on.
    void ask(DriverUsage now) {
        drivers = now;
    }

    /// These are the volumes of a pod from now on; what was counted of one that is as it was stays.
    void mounted(String uid, List<Mounted> volumes) {
        Map<String, Counted> known = pods.computeIfAbsent(uid, _ -> new ConcurrentHashMap<>());
        known.keySet().retainAll(volumes.stream().map(Mounted::name).toList());
        volumes.forEach(v -> known.merge(v.name(), new Counted(v, Optional.empty(), Instant.MIN),
                (last, fresh) -> last.volume().equals(v) ? last : fresh));
    }

    /// A volume that was made for a pod.
    Optional<Mounted> mounted(String uid, String name) {
        return Optional.ofNullable(pods.getOrDefault(uid, Map.of()).get(name)).map(Counted::volume);
    }

    /// A pod has none any more.
    void removed(String uid) {
        pods.remove(uid);
    }

    /// What was counted last of a pod's volumes, by name; those of which nothing is known, yet or ever, are left out.
    /// Does not block.
    public List<Usage> of(String uid) {
        return pods.getOrDefault(uid, Map.of()).values().stream().flatMap(c -> c.usage().stream())
                .sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    /// Counts what is due, again and again until it is told to end.
    /// @param closed reaches zero then
    /// @throws InterruptedException to end in the middle of a volume
    public void run(CountDownLatch closed) throws InterruptedException {
        ExecutorService asking = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("volume-usage-", 0).factory());
        try {
            Duration rest;
            do {
                rest = round(asking);
            } while (!closed.await(rest.toMillis(), TimeUnit.MILLISECONDS));
        } finally {
            end(asking);
        }
    }

    private static void end(ExecutorService asking) throws InterruptedException {
        asking.shutdownNow();
        if (!asking.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.log(System.Logger.Level.WARNING, "Drivers are still asked what volumes use after the stop");
        }
    }

    /// Counts what is due.
    /// @param asking runs what asks drivers
    /// @return how long nothing is to be counted now
    Duration round(Executor asking) throws InterruptedException {
        Instant begin = monotonic.instant();
        for (Map<String, Counted> volumes : new ArrayList<>(pods.values())) {
            for (Counted c : new ArrayList<>(volumes.values())) {
                if (!due(c)) {
                    continue;
                }
                if (c.volume().metrics() == Metrics.DRIVER) {
                    ask(asking, volumes, c);
                } else {
                    volumes.replace(c.volume().name(), c,
                            new Counted(c.volume(), count(c.volume()), monotonic.instant()));
                }
            }
        }
        Duration rest = Duration.between(begin, monotonic.instant()).multipliedBy(REST);
        return rest.compareTo(ROUND) > 0 ? rest : ROUND;
    }

    /// Unless its driver has not answered yet.
    private void ask(Executor asking, Map<String, Counted> volumes, Counted c) {
        Mounted v = c.volume();
        if (asked.add(v.path())) {
            asking.execute(() -> {
                try {
                    volumes.replace(v.name(), c, new Counted(v, answer(v), monotonic.instant()));
                } finally {
                    asked.remove(v.path());
                }
            });
        }
    }

    private Optional<Usage> answer(Mounted v) {
        try {
            return drivers.of(v.path()).map(told -> told(v, told));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Driver does not tell what a volume uses path={0} error={1}", v.path(),
                    e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot ask what a volume uses path=" + v.path(), e);
        }
        return Optional.empty();
    }

    private boolean due(Counted c) {
        return c.volume().metrics() != Metrics.NONE && period.isPositive()
                && Duration.between(c.since(), monotonic.instant()).compareTo(period) >= 0;
    }

    /// Nothing of a volume that cannot be read, as one that is being removed.
    private Optional<Usage> count(Mounted v) throws InterruptedException {
        try {
            DiskUsage.FileSystem all = disk.fileSystem(v.path());
            DiskUsage.Used used = v.metrics() == Metrics.TREE ? disk.tree(v.path())
                    : new DiskUsage.Used(all.usedBytes(), all.inodesUsed());
            return Optional.of(new Usage(v.name(), v.claim(), v.ephemeral(), clock.instant(), used, all));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot count volume path={0} error={1}", v.path(), e.getMessage());
            return Optional.empty();
        }
    }

    private Usage told(Mounted v, VolumeUsage u) {
        return new Usage(v.name(), v.claim(), v.ephemeral(), clock.instant(),
                new DiskUsage.Used(u.usedBytes(), u.inodesUsed()), new DiskUsage.FileSystem(u.availableBytes(),
                        u.capacityBytes(), u.usedBytes(), u.inodes(), u.inodesFree()));
    }
}
