package io.k3j.kubeletvolumes;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `emptyDir`, on the disk of the node or in its memory. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#emptydir>.
///
/// Made once and left as it is: what containers wrote outlives their restarts and goes with the pod. Any `medium` but
/// `Memory` is the disk; a `sizeLimit` there is not the plug-in's to keep.
final class EmptyDirPlugin implements VolumePlugin {
    private final VolumeDirectories directories;
    private final Mounts mounts;

    EmptyDirPlugin(VolumeDirectories directories, Mounts mounts) {
        this.directories = directories;
        this.mounts = mounts;
    }

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.TREE;
    }

    @Override
    public boolean supports(Spec spec) {
        return !spec.persistent() && spec.source().has("emptyDir");
    }

    /// A tmpfs is mounted again when it is gone, as after a reboot; without `sizeLimit` it is bounded by the kernel, at
    /// half of the host's memory (tmpfs(5)). Mode 0777, as upstream's: every user of the pod's containers may write. A
    /// tmpfs has the sticky bit as well, which is the kernel's default for it, with a group too.
    @Override
    public Path setUp(Spec spec) throws IOException {
        Struct e = spec.source().struct("emptyDir");
        long group = spec.group();
        Path p = directories.volume(spec, "empty-dir");
        if (!Files.isDirectory(p)) {
            // it appears with its mode, so that what is there is never half made
            Path fresh = p.resolveSibling(".." + p.getFileName());
            PodDirectories.make(fresh);
            VolumeDirectories.own(fresh, 0777, group);
            Files.move(fresh, p);
        }
        if (e.text("medium").equals("Memory")) {
            String size = e.has("sizeLimit") ? "size=" + Quantity.of(e.get("sizeLimit")).value() + "," : "";
            mounts.tmpfs(p, size + (group < 0 ? "mode=01777" : "mode=03777,gid=" + group));
        }
        return p;
    }
}
