package io.k3j.kubelet;

import io.k3j.kubeletimages.ImageGarbageCollector;
import io.k3j.kuberuntime.Labels;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodefiles.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Periodic node maintenance: rotates container logs, weighs classes of pods, removes unused images when the disk
/// fills, and cleans up after deleted pods.
final class Housekeeping {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration LEFTOVERS_EVERY = Duration.ofMinutes(1);
    private static final int IMAGES_EVERY = 30;
    private final Dependencies tools;
    private final PodWorkers workers;
    private final ImageGarbageCollector images;
    private final LogFiles logs;

    Housekeeping(Dependencies tools, PodWorkers workers, ImageGarbageCollector images) {
        this.tools = tools;
        this.workers = workers;
        this.images = images;
        logs = new LogFiles(tools);
    }

    /// Runs until the kubelet is closed.
    void run() {
        try {
            for (int round = 1; !tools.closed().await(EVERY.toMillis(), TimeUnit.MILLISECONDS); round++) {
                round(round);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What fails of it keeps nothing else from its turn.
    void round(int number) {
        try {
            tools.cgroups().weigh(workers.all().stream().map(PodWorker::pod).toList());
        } catch (RuntimeException e) {
            failed(e);
        }
        if (number % IMAGES_EVERY == 0) {
            try {
                images.collect();
                tools.images().prune();
            } catch (IOException | UncheckedIOException | RuntimeFault e) {
                failed(e);
            }
        }
    }

    private void failed(Exception e) {
        LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, "Housekeeping failed error={0}",
                e.getMessage());
    }

    /// Rotates logs until the kubelet is closed, as often as it is told. For a thread of its own: many large logs take
    /// their time.
    void rotate() throws InterruptedException {
        long every = tools.options().logMonitorInterval().toMillis();
        LogRotation rotation = new LogRotation(tools.options(), logs::rotate);
        while (!tools.closed().await(every, TimeUnit.MILLISECONDS)) {
            try {
                rotation.round(workers.all().stream().flatMap(w -> w.runtime().running().stream()).toList());
            } catch (UncheckedIOException | RuntimeFault e) {
                LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "Cannot rotate logs error={0}", e.getMessage());
            }
        }
    }

    /// Removes what is left of pods until the kubelet is closed, and first what the last one could not take away of
    /// volumes. For a thread of its own: drivers of volumes may take minutes, and logs grow meanwhile.
    void clear() throws InterruptedException {
        tools.volumes().prune();
        while (!tools.closed().await(LEFTOVERS_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                leftovers();
            } catch (IOException | UncheckedIOException | RuntimeFault e) {
                LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "Cannot remove what is left of pods error={0}", e.getMessage());
            }
        }
    }

    /// Removes directories, mounts, cgroups and log links of pods that neither the kubelet nor the runtime knows;
    /// retries cgroups that were busy when their pod ended. Nothing while it is not known which pods there are: those
    /// of a node that has started again have no sandboxes, and keep their volumes. Nothing any more once the kubelet is
    /// closed: its successor makes what is not in the list.
    void leftovers() throws IOException {
        Set<String> alive = new HashSet<>();
        tools.runtime().sandboxes(Map.of()).forEach(s -> alive.add(s.labels().getOrDefault(Labels.POD_UID, "")));
        workers.stopOrphans();
        if (workers.living().isEmpty()) {
            return;
        }
        Predicate<String> orphaned = uid -> !workers.knows(uid) && !alive.contains(uid) && !stopped();
        Path pods = tools.options().rootDir().resolve("pods");
        for (Path p : children(pods)) {
            String uid = String.valueOf(p.getFileName());
            if (orphaned.test(uid)) {
                removeOrphan(uid);
            }
        }
        if (!stopped()) {
            tools.claims().prune(orphaned);
            tools.volumes().prune();
        }
        tools.cgroups().present().stream().filter(orphaned).forEach(tools.cgroups()::remove);
        for (Path p : children(tools.options().logDir())) {
            String name = String.valueOf(p.getFileName());
            if (orphaned.test(name.substring(name.lastIndexOf('_') + 1))) {
                Trees.delete(p);
            }
        }
        for (Path link : children(tools.options().containerLogs())) {
            if (Files.isSymbolicLink(link) && !Files.exists(link) && !stopped()) {
                Files.deleteIfExists(link);
            }
        }
    }

    /// One whose volumes cannot be taken back keeps nothing else from being removed.
    private void removeOrphan(String uid) {
        try {
            LOG.log(System.Logger.Level.INFO, "Removing orphaned pod directory uid={0}", uid);
            tools.volumes().remove(uid);
            tools.userNamespaces().release(uid);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Cannot remove orphaned pod directory uid={0} error={1}", uid, e.getMessage());
        }
    }

    private boolean stopped() {
        return tools.closed().getCount() == 0;
    }

    private static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }
}
