package io.k3j.kubeletvolumes;

import io.k3j.nodefiles.NamedLocks;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// `local` of a PersistentVolume: a directory or a block device of this node that somebody has made. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#local>.
///
/// The scheduler has brought the pod to the node of the volume's `nodeAffinity`. When the first pod of the node begins
/// to use the volume it is given its `fsGroup`, unless it is used read only; while one uses it others get it as it is,
/// and a pod with another `fsGroup` is warned, both as upstream does. That a pod uses it is a directory where upstream
/// mounts it, `volumes/kubernetes.io~local-volume/<PersistentVolume>`, which goes with the pod's. The file system of a
/// device ([GlobalMounts]) is shown there; of a directory it stays empty, as the directory is mounted by itself.
final class LocalPlugin implements VolumePlugin {
    /// As upstream escapes its name.
    static final String ESCAPED = "kubernetes.io~local-volume";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    private final VolumeDirectories directories;
    private final Volumes.Warnings warnings;
    private final DeviceNodes nodes;
    private final GlobalMounts global;
    private final DeviceMap devices;
    /// By what volumes lead to, since several may lead to the same; held before one of the volumes.
    private final NamedLocks places = new NamedLocks();
    private final NamedLocks volumes = new NamedLocks();

    /// @param global of file systems on devices
    /// @param devices of pods that want the device itself
    LocalPlugin(VolumeDirectories directories, Volumes.Warnings warnings, DeviceNodes nodes, GlobalMounts global,
            DeviceMap devices) {
        this.directories = directories;
        this.warnings = warnings;
        this.nodes = nodes;
        this.global = global;
        this.devices = devices;
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
        Path p = existing(spec);
        Path use = use(directories.pod(spec.pod().uid()), spec.persistentVolume());
        if (!Files.isDirectory(p)) {
            return mounted(spec, nodes.device(p), use);
        }
        if (!Files.exists(use)) {
            places.hold(p, () -> {
                begin(spec, p);
                // last, so that what a crash cut short is begun again
                PodDirectories.make(use);
            });
        }
        return p;
    }

    private static Path existing(Spec spec) throws IOException {
        Path p = Path.of(spec.source().struct("local").text("path"));
        if (!Files.exists(p)) {
            throw new IOException("path \"" + p + "\" does not exist");
        }
        return p;
    }

    private Path mounted(Spec spec, Path device, Path use) throws IOException {
        places.hold(device, () -> volumes.hold(spec.persistentVolume(), () -> {
            if (global.shown(use)) {
                return;
            }
            if (devices.has(device)) {
                throw new IOException("a pod has block device \"" + device
                        + "\" as a device by another volume, so it is not mounted");
            }
            Path at = global.mount(device, spec);
            begin(spec, at);
            PodDirectories.make(use);
            global.show(at, use);
        }));
        return use;
    }

    @Override
    public Optional<Path> mapDevice(Spec spec) throws IOException {
        Path p = existing(spec);
        if (Files.isDirectory(p)) {
            throw new IOException("path \"" + p + "\" is a directory, and volumeMode Block needs a block device");
        }
        Path device = nodes.device(p);
        places.hold(device, () -> {
            if (global.has(device)) {
                throw new IOException("the file system of block device \"" + device
                        + "\" is mounted for another volume, so no pod is given the device");
            }
            devices.map(device, spec.persistentVolume(), spec.pod().uid());
        });
        return Optional.of(devices.link(spec.persistentVolume(), spec.pod().uid()));
    }

    /// Takes the devices of a pod back, before its directory goes.
    void release(String uid) throws IOException {
        devices.release(uid);
    }

    /// Ends the mounts and takes back the devices that no pod of the node uses any more. What cannot be ended now, or
    /// is just being made ready for a pod, is left to a later call.
    void prune() {
        try {
            devices.prune();
            end(global.names());
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot look for unused local volumes error={0}", e.getMessage());
        }
    }

    /// The volumes that a pod uses, as long as it has its directory.
    List<String> used(String uid) throws IOException {
        Path all = uses(directories.pod(uid));
        if (!Files.isDirectory(all, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(all)) {
            return found.map(p -> String.valueOf(p.getFileName())).toList();
        }
    }

    /// Ends the mounts of volumes that no pod uses any more; [#prune] ends what this leaves.
    void end(List<String> all) throws IOException {
        for (String volume : all) {
            volumes.holdIfFree(volume, () -> end(volume));
        }
    }

    private void end(String volume) {
        try {
            if (!usedBy(pod -> true, volume)) {
                global.unmount(volume);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot unmount a local volume name={0} error={1}", volume,
                    e.getMessage());
        }
    }

    private static Path uses(Path pod) {
        return pod.resolve("volumes").resolve(ESCAPED);
    }

    private static Path use(Path pod, String persistentVolume) {
        return uses(pod).resolve(persistentVolume);
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
            VolumeOwnership.apply(p, spec);
        }
    }

    private boolean usedByAnother(Spec spec) throws IOException {
        Path own = directories.pod(spec.pod().uid());
        return usedBy(pod -> !pod.equals(own), spec.persistentVolume());
    }

    /// What cannot be looked at, as a file system whose disk has failed, is used.
    /// @param pods which of the pods' directories count
    private boolean usedBy(Predicate<Path> pods, String persistentVolume) throws IOException {
        if (Files.notExists(directories.pods())) {
            return false;
        }
        try (Stream<Path> all = Files.list(directories.pods())) {
            return all.anyMatch(p -> pods.test(p) && Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)
                    && !Files.notExists(use(p, persistentVolume), LinkOption.NOFOLLOW_LINKS));
        }
    }
}
