package io.k3j.kubeletserver;

import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What pods take of the disk, for one summary; upstream's `makePodStorageStats`. One thread; logs are counted at once,
/// volumes were before. Where a file system cannot be asked, what is used is told without it.
final class PodStorage {
    private final KubeletHost host;
    private final DiskUsage disk;
    private final Instant now;
    /// Asked once each.
    private final Map<Path, Optional<DiskUsage.FileSystem>> known = new HashMap<>();

    PodStorage(KubeletHost host, DiskUsage disk) {
        this.host = host;
        this.disk = disk;
        now = host.clock().instant();
    }

    /// What a container takes: its writable layer and its logs.
    ///
    /// @param rootfs of the summary
    /// @param logs of the summary
    /// @param used both together
    record Container(Struct rootfs, Struct logs, DiskUsage.Used used) {
    }

    private Optional<DiskUsage.FileSystem> fileSystem(Path path) {
        return known.computeIfAbsent(path, p -> {
            try {
                return Optional.of(disk.fileSystem(p));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    private Struct told(Instant at, Path on, DiskUsage.Used used) {
        return fileSystem(on).map(all -> FsStats.of(at, all, used)).orElseGet(() -> FsStats.of(at, used));
    }

    /// @param name of the container
    Container container(Obj pod, String name, ContainerUsage u) throws InterruptedException {
        DiskUsage.Used layer = new DiskUsage.Used(u.diskBytes(), u.details().layerInodes());
        DiskUsage.Used logs = files(host.podLogs(pod).resolve(name));
        String path = u.details().layerPath();
        return new Container(path.isEmpty() ? FsStats.of(u.at(), layer) : told(u.at(), Path.of(path), layer),
                told(now, host.rootDir(), logs), layer.plus(logs));
    }

    /// A directory that is not there holds nothing.
    private DiskUsage.Used files(Path directory) throws InterruptedException {
        try {
            return disk.files(directory);
        } catch (IOException e) {
            return DiskUsage.Used.NONE;
        }
    }

    /// All that counts as the pod's `ephemeral-storage`: its containers, its volumes on the node's disk, `/etc/hosts`
    /// and what lies beside the containers' logs.
    Struct ephemeral(Obj pod, List<Container> containers) throws InterruptedException {
        DiskUsage.Used used = files(host.podLogs(pod)).plus(disk.file(host.podDir(pod.uid()).resolve("etc-hosts")));
        for (Container c : containers) {
            used = used.plus(c.used());
        }
        for (VolumeStats.Usage v : host.volumeStats().of(pod.uid())) {
            used = v.ephemeral() ? used.plus(v.used()) : used;
        }
        return told(now, host.rootDir(), used);
    }

    /// The volumes of which something is known.
    List<Struct> volumes(Obj pod) {
        return host.volumeStats().of(pod.uid()).stream().map(v -> volume(pod, v)).toList();
    }

    private static Struct volume(Obj pod, VolumeStats.Usage v) {
        Struct told = FsStats.of(v.at(), v.fileSystem(), v.used()).with("name", v.name());
        return v.claim().map(c -> told.with("pvcRef", Struct.of("name", c, "namespace", pod.namespace())))
                .orElse(told);
    }
}
