package io.k3j.kubeletvolumes;

import io.k3j.volumeapi.DriverVolumes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// `nfs`, of a pod or of a PersistentVolume: an export of a server. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#nfs>.
///
/// Who mounts comes from outside, as for `csi`, and is there as long as the kubelet. Without one the kind is not known.
final class NfsPlugin implements VolumePlugin {
    /// As upstream escapes its name.
    private static final Path ESCAPED = Path.of("kubernetes.io~nfs");
    private volatile Optional<DriverVolumes> mounter = Optional.empty();

    void use(DriverVolumes now) {
        mounter = Optional.of(now);
    }

    /// The one to ask, where a volume is of this kind.
    Optional<DriverVolumes> mounter(Path volume) {
        return volume.getParent() instanceof Path parent && parent.endsWith(ESCAPED) ? mounter : Optional.empty();
    }

    @Override
    public boolean supports(Spec spec) {
        return mounter.isPresent() && spec.source().has("nfs");
    }

    /// Its server may never answer, so it is asked as a driver is.
    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.DRIVER;
    }

    @Override
    public Path setUp(Spec spec) throws IOException {
        return mounter.orElseThrow().mount(CsiPlugin.request(spec)).path();
    }

    /// Unmounts what a pod has, before anything else touches its directory.
    void release(String uid) throws IOException {
        if (mounter.isPresent()) {
            mounter.get().release(uid);
        }
    }
}
