package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `local` of a PersistentVolume: a directory of this node that somebody has made. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#local>.
///
/// The scheduler has brought the pod to the node of the volume's `nodeAffinity`; here only the place is looked at.
/// Nothing is made and nothing removed.
final class LocalPlugin implements VolumePlugin {
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
        Path p = Path.of(spec.source().struct("local").text("path"));
        if (!Files.exists(p)) {
            throw new IOException("path \"" + p + "\" does not exist");
        }
        return p;
    }
}
