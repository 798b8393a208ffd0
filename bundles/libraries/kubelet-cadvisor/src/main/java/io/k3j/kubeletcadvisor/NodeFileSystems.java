package io.k3j.kubeletcadvisor;

import io.k3j.kubeletvolumes.DiskUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The file systems of the node: those on disks, those in memory, and that of `/`, each device once. Any thread; blocks
/// as long as disks do.
///
/// What belongs to pods is left out, and so is what a server has, which may not answer (upstream tells of both, of
/// pods' as they were when the kubelet started).
final class NodeFileSystems {
    /// File systems that are told.
    static final int MOST = 64;
    private static final String MEMORY = "tmpfs";
    private static final Set<String> DISKS = Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs",
            "reiserfs", "squashfs", "hfs", "hfsplus", "ntfs", "vfat", "fat", "msdos", "exfat", "udf", "iso9660");
    /// Part of the paths below which containerd mounts what containers and sandboxes have.
    private static final String CONTAINERS = "/io.containerd.";
    private static final int BEFORE = 6;
    private final KernelText kernel;
    private final DiskUsage disk;

    NodeFileSystems(KernelText kernel, DiskUsage disk) {
        this.kernel = kernel;
        this.disk = disk;
    }

    /// A line of proc_pid_mountinfo(5).
    private record Mount(String number, String place, String type, String source) {
        boolean root() {
            return place.equals("/");
        }

        boolean shown(String kubelet) {
            boolean known = type.equals(MEMORY) || DISKS.contains(type) || root() && !type.startsWith("nfs");
            return known && !place.startsWith(kubelet) && !place.contains(CONTAINERS);
        }

        String device() {
            return type.equals(MEMORY) ? place : type.equals("overlay") ? source + "_" + number.replace(':', '-')
                    : source;
        }
    }

    private static Optional<Mount> parsed(String line) {
        List<String> words = KernelText.words(line);
        int dash = words.size() < BEFORE ? -1 : words.subList(BEFORE, words.size()).indexOf("-") + BEFORE;
        return dash < BEFORE || words.size() < dash + 3 ? Optional.empty()
                : Optional.of(new Mount(words.get(2), unescaped(words.get(4)), words.get(dash + 1),
                        unescaped(words.get(dash + 2))));
    }

    private static String unescaped(String text) {
        return text.indexOf('\\') < 0 ? text
                : text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    }

    /// As the kernel names it, which has followed the links of a directory that was moved to another disk.
    private String shown(Path rootDir) {
        String given = rootDir.toAbsolutePath().toString();
        try {
            return "/" + kernel.root().toRealPath().relativize(kernel.path(given).toRealPath());
        } catch (IOException e) {
            return given;
        }
    }

    /// Those that there are now.
    /// @param rootDir the kubelet's own directory
    List<MountedDevice> all(BlockDevices devices, Path rootDir) {
        Map<String, Mount> mounts = new LinkedHashMap<>();
        String kubelet = shown(rootDir) + "/";
        kernel.of("/proc/self/mountinfo").lines().map(NodeFileSystems::parsed).flatMap(Optional::stream)
                .filter(mount -> mount.shown(kubelet)).forEach(mount -> {
                    if (mount.root() || mounts.size() < MOST) {
                        mounts.merge(mount.device(), mount, (first, next) -> next.root() ? next : first);
                    }
                });
        List<MountedDevice> all = new ArrayList<>();
        mounts.forEach((device, mount) -> {
            try {
                all.add(new MountedDevice(device, mount.number(), disk.fileSystem(kernel.path(mount.place())),
                        devices.counters(mount.number())));
            } catch (IOException e) {
                // it has gone meanwhile
            }
        });
        return all;
    }
}
