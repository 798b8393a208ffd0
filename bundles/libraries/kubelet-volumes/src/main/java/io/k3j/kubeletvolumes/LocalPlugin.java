package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `local` of a PersistentVolume: a directory of this node that somebody has made. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#local>.
///
/// The scheduler has brought the pod to the node of the volume's `nodeAffinity`. When the first pod of the node begins
/// to use the volume it is given its `fsGroup`, unless it is used read only; while one uses it others get it as it is,
/// and a pod with another `fsGroup` is warned, both as upstream does. That a pod uses it is an empty directory where
/// upstream mounts it, `volumes/kubernetes.io~local-volume/<PersistentVolume>`, which goes with the pod's.
final class LocalPlugin implements VolumePlugin {
    private static final String PLUGIN = "local-volume";
    /// Volumes that share a lock wait for each other; more locks than pods that start at once on a busy node.
    private static final int LOCKS = 64;
    private final VolumeDirectories directories;
    private final Volumes.Warnings warnings;
    private final List<Lock> locks = IntStream.range(0, LOCKS).<Lock>mapToObj(i -> new ReentrantLock()).toList();

    LocalPlugin(VolumeDirectories directories, Volumes.Warnings warnings) {
        this.directories = directories;
        this.warnings = warnings;
    }

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.FILE_SYSTEM;
    }

    @Override
    public boolean supports(Spec spec) {
        return spec.persistent() && spec.source().has("local");
    }

    @Override
    public Path setUp(Spec spec) throws IOException {
        Path p = Path.of(spec.source().struct("local").text("path"));
        if (!Files.exists(p)) {
            throw new IOException("path \"" + p + "\" does not exist");
        }
        Path use = use(directories.pod(spec.pod().uid()), spec);
        if (!Files.exists(use)) {
            Lock lock = locks.get(Math.floorMod(p.hashCode(), LOCKS));
            lock.lock();
            try {
                begin(spec, p);
                // last, so that what a crash cut short is begun again
                PodDirectories.make(use);
            } finally {
                lock.unlock();
            }
        }
        return p;
    }

    private static Path use(Path pod, Spec spec) {
        return pod.resolve("volumes").resolve("kubernetes.io~" + PLUGIN).resolve(spec.persistentVolume());
    }

    private void begin(Spec spec, Path p) throws IOException {
        if (spec.group() < 0 || !Files.isDirectory(p)) {
            return;
        }
        if (usedByAnother(spec)) {
            int found = (int) Files.getAttribute(p, "unix:gid");
            if (found != spec.group()) {
                warnings.warn(spec.pod(), "AlreadyMountedVolume", "The requested fsGroup is " + spec.group()
                        + ", but the volume " + spec.persistentVolume() + " has GID " + found
                        + ". The volume may not be shareable.");
            }
        } else if (!Volumes.readOnly(spec.pod(), spec.name())) {
            VolumeOwnership ownership = new VolumeOwnership(p.toRealPath(), spec.group());
            if (!spec.onRootMismatch() || !ownership.fits()) {
                ownership.change();
            }
        }
    }

    private boolean usedByAnother(Spec spec) throws IOException {
        Path own = directories.pod(spec.pod().uid());
        if (!Files.isDirectory(directories.pods())) {
            return false;
        }
        try (Stream<Path> pods = Files.list(directories.pods())) {
            return pods.anyMatch(p -> !p.equals(own) && Files.isDirectory(use(p, spec), LinkOption.NOFOLLOW_LINKS));
        }
    }
}
