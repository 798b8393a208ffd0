package io.k3j.kubeletvolumes;

import io.k3j.model.Struct;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `configMap`, `secret`, `downwardAPI` and `projected`: files the kubelet keeps fresh, which change all at once. The
/// kubelet asks for them again at each sync, so [#setUp] refreshes as often as it makes. Files are collected before
/// anything is made: when an object is missing, no directory appears.
final class ContentPlugin implements VolumePlugin {
    /// Fields of a volume, one of which names its kind. No volume has two.
    private static final List<String> KINDS = List.of("configMap", "secret", "downwardAPI", "projected");
    private final VolumeDirectories directories;
    private final VolumeFiles content;
    private final Mounts mounts;
    private final Handles handles;
    private final InstantSource clock;

    ContentPlugin(VolumeDirectories directories, VolumeFiles content, Mounts mounts, Handles handles,
            InstantSource clock) {
        this.directories = directories;
        this.content = content;
        this.mounts = mounts;
        this.handles = handles;
        this.clock = clock;
    }

    private static Optional<String> kind(Struct source) {
        return KINDS.stream().filter(source::has).findFirst();
    }

    /// Whether a pod's volume is of one of these kinds.
    static boolean isContent(Struct volume) {
        return kind(volume).isPresent();
    }

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.TREE;
    }

    /// A PersistentVolume cannot be of these kinds.
    @Override
    public boolean supports(Spec spec) {
        return !spec.persistent() && isContent(spec.source());
    }

    /// Secrets and projected volumes, which hold tokens, lie in a tmpfs. It may grow to half of the node's memory, the
    /// default of tmpfs(5): only the kubelet writes to it, and two versions of whatever a pod may refer to have to fit
    /// into it while one takes the other's place.
    @Override
    public Path setUp(Spec spec) throws IOException {
        String kind = kind(spec.source()).orElseThrow();
        String plugin = switch (kind) {
            case "configMap" -> "configmap";
            case "downwardAPI" -> "downward-api";
            default -> kind;
        };
        Map<String, VolumeFiles.Content> files = content.of(spec.pod(), spec.source(), spec.addresses());
        Path p = directories.volume(spec, plugin);
        PodDirectories.make(p);
        if (kind.equals("secret") || kind.equals("projected")) {
            // secrets must not reach a disk
            mounts.tmpfs(p, "mode=0755");
        }
        VolumeDirectories.own(p, 0755, spec.group());
        new AtomicDirectory(handles, p, clock).write(files, spec.group());
        return p;
    }
}
