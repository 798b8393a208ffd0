package io.k3j.kubelet;

import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What a node does beside running pods: rotates logs, forgets images nobody uses when the disk fills, and
/// removes what pods that are no more have left behind.
final class Housekeeping {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int LEFTOVERS_EVERY = 6;
    private static final int IMAGES_EVERY = 30;
    private static final long MAX_LOG_BYTES = 10L << 20;
    private static final long MAX_LOG_FILES = 5;
    private static final long HIGH_PERCENT = 85;
    private static final long LOW_PERCENT = 80;
    private static final Duration YOUNG = Duration.ofMinutes(2);
    private final Tools tools;
    private final PodWorkers workers;
    private final Map<String, Instant> used = new HashMap<>();

    Housekeeping(Tools tools, PodWorkers workers) {
        this.tools = tools;
        this.workers = workers;
    }

    /// Works until the kubelet is closed.
    void run() {
        try {
            for (int round = 1; !tools.closed().await(EVERY.toMillis(), TimeUnit.MILLISECONDS); round++) {
                try {
                    workers.all().forEach(w -> w.runtime().running().forEach(this::rotate));
                    tools.cgroups().weigh(workers.all().stream().map(PodWorker::pod).toList());
                    if (round % LEFTOVERS_EVERY == 0) {
                        leftovers();
                    }
                    if (round % IMAGES_EVERY == 0) {
                        images();
                    }
                } catch (IOException | UncheckedIOException | RuntimeFault e) {
                    LOG.log(System.Logger.Level.WARNING, "housekeeping: {0}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Renames a log that has grown too big and lets the runtime begin another.
    void rotate(Container c) {
        Path log = Path.of(c.end().log());
        long most = tools.options().bytes("container-log-max-size", MAX_LOG_BYTES);
        try {
            if (c.end().log().isEmpty() || !Files.exists(log) || Files.size(log) <= most) {
                return;
            }
            String stamp = tools.clock().instant().toString().replace("-", "").replace(":", "").replace("T", "-");
            Files.move(log, log.resolveSibling(log.getFileName() + "." + stamp.substring(0, 15)));
            tools.runtime().reopenLog(c.id());
            try (Stream<Path> all = Files.list(log.getParent())) {
                List<Path> old = all.filter(p -> p.getFileName().toString().startsWith(log.getFileName() + "."))
                        .sorted(Comparator.reverseOrder())
                        .skip(tools.options().number("container-log-max-files", MAX_LOG_FILES) - 1).toList();
                for (Path p : old) {
                    Files.deleteIfExists(p);
                }
            }
        } catch (IOException | RuntimeFault e) {
            LOG.log(System.Logger.Level.WARNING, "log of container={0}: {1}", c.id(), e.getMessage());
        }
    }

    /// Removes directories, cgroups and links of pods that are neither known nor in the runtime; a cgroup that was
    /// busy when its pod ended goes with this.
    void leftovers() throws IOException {
        Set<String> alive = new HashSet<>();
        tools.runtime().sandboxes(Map.of()).forEach(s -> alive.add(s.labels().getOrDefault(Labels.POD_UID, "")));
        workers.orphans();
        Path pods = tools.options().rootDir().resolve("pods");
        for (Path p : children(pods)) {
            String uid = String.valueOf(p.getFileName());
            if (!workers.knows(uid) && !alive.contains(uid)) {
                LOG.log(System.Logger.Level.INFO, "removing leftovers of pod uid={0}", uid);
                tools.volumes().remove(uid);
            }
        }
        tools.cgroups().present().stream().filter(uid -> !workers.knows(uid) && !alive.contains(uid))
                .forEach(tools.cgroups()::remove);
        for (Path p : children(tools.options().logDir())) {
            String name = String.valueOf(p.getFileName());
            String uid = name.substring(name.lastIndexOf('_') + 1);
            if (!workers.knows(uid) && !alive.contains(uid)) {
                Trees.delete(p);
            }
        }
        for (Path link : children(tools.options().containerLogs())) {
            if (Files.isSymbolicLink(link) && !Files.exists(link)) {
                Files.deleteIfExists(link);
            }
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    /// Removes the images unused for longest while the disk is too full; pinned ones stay.
    void images() throws IOException {
        Instant now = tools.clock().monotonic().instant();
        Set<String> inUse = new HashSet<>();
        tools.runtime().containers(Map.of()).forEach(c -> inUse.add(c.image()));
        List<Image> all = tools.runtime().images().list();
        all.forEach(i -> {
            if (inUse.contains(i.id()) || i.digests().stream().anyMatch(inUse::contains)) {
                used.put(i.id(), now);
            } else {
                used.putIfAbsent(i.id(), now);
            }
        });
        used.keySet().retainAll(all.stream().map(Image::id).toList());
        FileStore disk = Files.getFileStore(Path.of(tools.runtime().images().disk().path()));
        if (full(disk) < HIGH_PERCENT) {
            return;
        }
        List<Image> candidates = all.stream().filter(i -> !i.pinned())
                .filter(i -> Duration.between(used.getOrDefault(i.id(), now), now).compareTo(YOUNG) > 0)
                .sorted(Comparator.comparing(i -> used.getOrDefault(i.id(), now))).toList();
        for (Image i : candidates) {
            if (full(disk) <= LOW_PERCENT) {
                return;
            }
            LOG.log(System.Logger.Level.INFO, "removing unused image={0}", i.id());
            tools.runtime().images().remove(i.id());
        }
    }

    private static long full(FileStore disk) throws IOException {
        return 100 - 100 * disk.getUsableSpace() / Math.max(1, disk.getTotalSpace());
    }
}
