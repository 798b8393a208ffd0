package io.k3j.kubeletvolumes;

import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The file systems of block devices that are volumes, each mounted once for all pods of the node, at upstream's place
/// `plugins/kubernetes.io/local-volume/mounts/<PersistentVolume>`, and shown to each pod below its own directory. What
/// is mounted is the kernel's: the next kubelet finds it. One thread at a time for one volume; blocks.
final class GlobalMounts {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    private final Path base;
    private final Mounts mounts;
    private final FormatAndMount format;

    /// @param base above the mounts, the kubelet's own
    GlobalMounts(Path base, Mounts mounts, FormatAndMount format) {
        this.base = base;
        this.mounts = mounts;
        this.format = format;
    }

    /// Mounts a device, unless its volume is mounted already.
    /// @param device by its name in `/dev`
    /// @param spec whose claim may be read only; then the file system is, for all who use it meanwhile
    /// @return where it is mounted
    Path mount(Path device, VolumePlugin.Spec spec) throws IOException {
        Path at = base.resolve(spec.persistentVolume());
        if (Files.isDirectory(at) && mounts.mounted(at)) {
            return at;
        }
        PodDirectories.make(at);
        String type = spec.source().struct("local").text("fsType", FormatAndMount.DEFAULT_TYPE);
        TreeSet<String> options = new TreeSet<>(spec.source().seq("mountOptions").texts());
        if (Volumes.readOnly(spec.pod(), spec.name())) {
            options.add("ro");
        }
        try {
            format.mount(device, at, type, List.copyOf(options));
        } catch (IOException e) {
            throw new IOException("local: failed to mount device " + device + " at " + at + " (fstype: " + type
                    + "), error " + e.getMessage(), e);
        }
        return at;
    }

    /// Whether a pod has its volume.
    /// @param use where, as for [#show]
    boolean shown(Path use) throws IOException {
        return Files.isDirectory(use) && mounts.mounted(use);
    }

    /// Shows what is mounted to a pod.
    /// @param at as [#mount] said
    /// @param use a directory of the pod's own
    void show(Path at, Path use) throws IOException {
        mounts.bind(at, use);
    }

    /// The volumes that are mounted, or were to be.
    List<String> names() throws IOException {
        if (!Files.isDirectory(base)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(base)) {
            return all.map(p -> String.valueOf(p.getFileName())).toList();
        }
    }

    /// Whether the file system of a device is mounted for a volume. Not found is one whose files do not bear the
    /// device's number, as of `btrfs`.
    boolean has(Path device) throws IOException {
        Object number = Files.getAttribute(device, "unix:rdev");
        for (String name : names()) {
            Path at = base.resolve(name);
            try {
                if (mounts.mounted(at) && Files.getAttribute(at, "unix:dev").equals(number)) {
                    return true;
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot look at a mount path={0} error={1}", at, e.getMessage());
            }
        }
        return false;
    }

    /// Ends a mount that no pod needs any more. What it has mounted is never deleted in: only an empty directory goes.
    void unmount(String persistentVolume) throws IOException {
        Path at = base.resolve(persistentVolume);
        if (mounts.mounted(at)) {
            format.unmount(at);
        }
        Files.deleteIfExists(at);
    }
}
