package io.k3j.kubeletvolumes;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.ContainerResources;
import io.k3j.kuberuntime.HugePageMedium;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/// `emptyDir`, on the disk of the node, in its memory or in its huge pages. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#emptydir>.
///
/// Made once and left as it is: what containers wrote outlives their restarts and goes with the pod. A `sizeLimit` of
/// any `medium` but `Memory` is not the plug-in's to keep.
final class EmptyDirPlugin implements VolumePlugin {
    private static final String MEMORY = "Memory";
    private final VolumeDirectories directories;
    private final Mounts mounts;
    /// What the node has for all pods, zero while that is not known.
    private volatile long allocatable;

    EmptyDirPlugin(VolumeDirectories directories, Mounts mounts) {
        this.directories = directories;
        this.mounts = mounts;
    }

    /// What the node has for all pods, which no pod's volume is larger than.
    void memory(long bytes) {
        allocatable = bytes;
    }

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.TREE;
    }

    @Override
    public boolean supports(Spec spec) {
        return !spec.persistent() && spec.source().has("emptyDir");
    }

    /// A tmpfs is mounted again when it is gone, as after a reboot; it is as large as the node's allocatable memory,
    /// or as the pod's limit or its own where that is less. Mode 0777, as upstream's:
    /// every user of the pod's containers may write. A tmpfs has the sticky bit as well, which is the kernel's default
    /// for it, with a group too. Of huge pages, as upstream's, only root and the group may.
    @Override
    public Path setUp(Spec spec) throws IOException {
        Struct e = spec.source().struct("emptyDir");
        long group = spec.group();
        String medium = e.text("medium");
        if (!medium.isEmpty() && !medium.equals(MEMORY) && !HugePageMedium.named(medium)) {
            throw new IOException("unknown storage medium \"" + medium + "\"");
        }
        Path p = directories.volume(spec, "empty-dir");
        if (!Files.isDirectory(p)) {
            // it appears with its mode, so that what is there is never half made
            Path fresh = p.resolveSibling(".." + p.getFileName());
            PodDirectories.make(fresh);
            VolumeDirectories.own(fresh, 0777, group);
            Files.move(fresh, p);
        }
        if (medium.equals(MEMORY)) {
            String size = size(spec.pod(), e).stream().mapToObj(bytes -> "size=" + bytes + ",").findFirst().orElse("");
            mounts.tmpfs(p, size + (group < 0 ? "mode=01777" : "mode=03777,gid=" + group));
        } else if (!medium.isEmpty()) {
            hugePages(spec, p, medium);
        }
        return p;
    }

    /// No more than the pod may use: what lies in it is the pod's memory, and who writes more is told that it is full.
    private OptionalLong size(Obj pod, Struct source) {
        long limit = ContainerResources.total(pod, "limits", ContainerResources::memory);
        long asked = source.has("sizeLimit") ? Quantity.of(source.get("sizeLimit")).value() : 0;
        return LongStream.of(allocatable, limit, asked).filter(bytes -> bytes > 0).min();
    }

    private void hugePages(Spec spec, Path p, String medium) throws IOException {
        long wanted = HugePageMedium.pageSize(medium, spec.pod());
        long there = mounts.hugetlbfs(p, wanted);
        if (HugePageMedium.pageSize(medium).isPresent() && there != wanted) {
            throw new IOException("pod " + spec.pod().uid() + ": mounted dir " + p + " pagesize '"
                    + Quantity.bytes(there) + "' and requested medium size '" + Quantity.bytes(wanted) + "' differ");
        }
        if (spec.group() >= 0) {
            VolumeDirectories.own(p, 0775, spec.group());
        }
    }
}
