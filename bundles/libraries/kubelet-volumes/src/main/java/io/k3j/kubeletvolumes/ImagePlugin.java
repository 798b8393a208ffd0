package io.k3j.kubeletvolumes;

import java.nio.file.Path;

/// `image`: the files of an image. See <https://kubernetes.io/docs/concepts/storage/volumes/#image>.
///
/// Nothing is made here: the runtime mounts the image when it makes a container, which asks it by CRI and does not look
/// at the path.
///
/// @param directories where upstream's would lie
record ImagePlugin(VolumeDirectories directories) implements VolumePlugin {
    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.NONE;
    }

    @Override
    public boolean supports(Spec spec) {
        return spec.source().has("image") && !spec.persistent();
    }

    @Override
    public Path setUp(Spec spec) {
        return directories.volume(spec, "image");
    }
}
