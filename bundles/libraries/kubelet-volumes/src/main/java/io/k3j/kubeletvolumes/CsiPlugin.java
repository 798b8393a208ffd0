package io.k3j.kubeletvolumes;

import io.k3j.nodefiles.PodDirectories;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// `csi`, of a pod or of a PersistentVolume: what drivers make. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#csi>.
///
/// The drivers are asked by a bundle of its own, which comes and goes; while it is away nothing is mounted, and what a
/// pod has of a driver keeps its directory.
final class CsiPlugin implements VolumePlugin, VolumeStats.DriverUsage {
    /// As upstream escapes its name.
    private static final String ESCAPED = "kubernetes.io~csi";
    private final VolumeDirectories directories;
    private final Volumes.Warnings warnings;
    /// Mounted, and not yet given to their pods' groups: what failed is tried again.
    private final Set<Path> ungiven = ConcurrentHashMap.newKeySet();
    private volatile Optional<DriverVolumes> drivers = Optional.empty();

    CsiPlugin(VolumeDirectories directories, Volumes.Warnings warnings) {
        this.directories = directories;
        this.warnings = warnings;
    }

    void use(Optional<DriverVolumes> now) {
        drivers = now;
    }

    private DriverVolumes drivers() throws IOException {
        return drivers.orElseThrow(CsiPlugin::away);
    }

    private static IOException away() {
        return new IOException("CSI is not running on this node: k3s component status csi shows why, and k3s component"
                + " enable csi starts it");
    }

    @Override
    public boolean supports(Spec spec) {
        return spec.source().has("csi");
    }

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.DRIVER;
    }

    /// What is asked for, as the contract has it.
    static VolumeRequest request(Spec spec) {
        return new VolumeRequest(spec.pod(), spec.name(), spec.source(), spec.persistentVolume(), spec.claim(),
                Volumes.readOnly(spec.pod(), spec.name()));
    }

    @Override
    public Path setUp(Spec spec) throws IOException {
        MountedVolume made = drivers().mount(request(spec));
        if (made.fresh() && made.groupIsKubelets()) {
            ungiven.add(made.path());
        }
        if (ungiven.contains(made.path())) {
            VolumeOwnership.apply(made.path(), spec);
            ungiven.remove(made.path());
        }
        if (!made.resizeFailure().isEmpty()) {
            warnings.warn(spec.pod(), "VolumeResizeFailed", "NodeExpandVolume.NodeExpandVolume failed for volume \""
                    + spec.persistentVolume() + "\" : " + made.resizeFailure());
        }
        return made.path();
    }

    /// The pod's link goes with its directory, which is there first: without it the device would be nobody's.
    @Override
    public Optional<Path> mapDevice(Spec spec) throws IOException {
        DriverVolumes asked = drivers();
        Path link = directories.pod(spec.pod().uid()).resolve("volumeDevices").resolve(ESCAPED)
                .resolve(spec.persistentVolume());
        PodDirectories.make(Objects.requireNonNull(link.getParent()));
        DeviceMap.set(link, asked.map(request(spec)));
        return Optional.of(link);
    }

    /// Takes a pod's volumes back, before its directory goes.
    /// @throws IOException when something is left, also because nobody is there who could ask the drivers
    void release(String uid) throws IOException {
        Path pod = directories.pod(uid);
        ungiven.removeIf(volume -> volume.startsWith(pod));
        Optional<DriverVolumes> present = drivers;
        if (present.isPresent()) {
            present.get().release(uid);
        } else if (has(uid)) {
            throw away();
        }
    }

    private boolean has(String uid) throws IOException {
        for (String kind : List.of("volumes", "volumeDevices")) {
            Path all = directories.pod(uid).resolve(kind).resolve(ESCAPED);
            if (Files.isDirectory(all, LinkOption.NOFOLLOW_LINKS)) {
                try (DirectoryStream<Path> found = Files.newDirectoryStream(all)) {
                    if (found.iterator().hasNext()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    void prune() {
        drivers.ifPresent(DriverVolumes::prune);
    }

    @Override
    public Optional<VolumeUsage> of(Path volume) throws IOException {
        Optional<DriverVolumes> present = drivers;
        return present.isPresent() ? present.get().usage(volume) : Optional.empty();
    }
}
