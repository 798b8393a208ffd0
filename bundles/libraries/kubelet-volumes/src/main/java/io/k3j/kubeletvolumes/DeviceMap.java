package io.k3j.kubeletvolumes;

import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.NamedLocks;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Block devices that pods have as devices (`volumeMode: Block`), as upstream's `MapBlockVolume` lays them:
///
/// ```
/// plugins/<plug-in>/volumeDevices/<PersistentVolume>/<uid>   the device, bound there, held by a loop device
/// pods/<uid>/volumeDevices/<plug-in>/<PersistentVolume>      a link to the device, which the runtime is told
/// ```
///
/// All of it is on the disk or the kernel's, so the next kubelet finds it. Any thread, one at a time per pod; blocks.
final class DeviceMap {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    private final VolumeDirectories directories;
    private final String plugin;
    private final Path base;
    private final Mounts mounts;
    private final LoopDevices loops;
    private final NamedLocks locks = new NamedLocks();

    /// @param plugin whose volumes they are, as upstream escapes its name: `kubernetes.io~local-volume`
    DeviceMap(VolumeDirectories directories, String plugin, Mounts mounts, LoopDevices loops) {
        this.directories = directories;
        this.plugin = plugin;
        this.mounts = mounts;
        this.loops = loops;
        base = directories.plugin(plugin).resolve("volumeDevices");
    }

    /// Gives a pod a device, or leaves it the one it has. A device that has become another one takes the place of the
    /// former for containers that start from now on.
    /// @param device by its name in `/dev`
    void map(Path device, String persistentVolume, String uid) throws IOException {
        Path link = link(persistentVolume, uid);
        locks.hold(persistentVolume, () -> {
            // first: what has no pod's directory is taken away
            PodDirectories.make(Objects.requireNonNull(link.getParent()));
            Path held = base.resolve(persistentVolume).resolve(uid);
            PodDirectories.make(Objects.requireNonNull(held.getParent()));
            if (mounts.mounted(held) && !number(held).equals(number(device))) {
                free(held);
            }
            if (!mounts.mounted(held)) {
                if (!Files.exists(held, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createFile(held);
                }
                mounts.bind(device, held);
            }
            loops.attach(named(held));
            set(link, device);
        });
    }

    /// Where the link to a pod's device is.
    Path link(String persistentVolume, String uid) {
        return directories.pod(uid).resolve("volumeDevices").resolve(plugin).resolve(persistentVolume);
    }

    /// Whether a pod has a device.
    boolean has(Path device) throws IOException {
        Object wanted = number(device);
        for (Path volume : children(base)) {
            for (Path held : children(volume)) {
                try {
                    if (number(held).equals(wanted)) {
                        return true;
                    }
                } catch (NoSuchFileException e) {
                    // just taken back
                }
            }
        }
        return false;
    }

    /// Major and minor number.
    private static Object number(Path device) throws IOException {
        return Files.getAttribute(device, "unix:rdev");
    }

    /// A link of before a restart of the node may name another device.
    static void set(Path link, Path device) throws IOException {
        if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(device)) {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, device);
        }
    }

    /// As the kernel names what is bound there.
    private static Path named(Path held) throws IOException {
        return Objects.requireNonNull(held.getParent()).toRealPath().resolve(held.getFileName());
    }

    /// Takes all devices of a pod back, but the links in its own directory.
    /// @throws IOException when one is left; a second call goes on
    void release(String uid) throws IOException {
        for (Path volume : children(base)) {
            // what others have may be stuck just now
            if (!Files.notExists(volume.resolve(uid), LinkOption.NOFOLLOW_LINKS)) {
                locks.hold(String.valueOf(volume.getFileName()), () -> release(volume, uid));
            }
        }
    }

    private void release(Path volume, String uid) throws IOException {
        Path held = volume.resolve(uid);
        if (Files.exists(held, LinkOption.NOFOLLOW_LINKS)) {
            free(held);
            Files.deleteIfExists(held);
        }
        try {
            Files.deleteIfExists(volume);
        } catch (DirectoryNotEmptyException others) {
            // the last pod's end takes it away
        }
    }

    /// The loop device goes first: it holds what is mounted.
    private void free(Path held) throws IOException {
        loops.detach(named(held));
        mounts.unmountBelow(held);
    }

    /// Takes back what pods have that are not on the node any more. What cannot be taken now is by a later call.
    void prune() throws IOException {
        for (Path volume : children(base)) {
            for (Path held : children(volume)) {
                String uid = String.valueOf(held.getFileName());
                try {
                    locks.holdIfFree(String.valueOf(volume.getFileName()), () -> {
                        if (Files.notExists(directories.pod(uid), LinkOption.NOFOLLOW_LINKS)) {
                            release(volume, uid);
                        }
                    });
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, "Cannot take a device back path={0} error={1}", held,
                            e.getMessage());
                }
            }
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
