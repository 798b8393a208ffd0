package io.k3j.kubeletvolumes;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// `hostPath`: what lies on the node, checked by its type. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>.
///
/// It makes nothing of its own and removes nothing: the path is the host's, and stays when the pod goes. A
/// PersistentVolume may have the same source.
final class HostPathPlugin implements VolumePlugin {
    /// `S_IFMT` of stat(2).
    private static final int TYPE_MASK = 0170000;

    @Override
    public VolumeStats.Metrics metrics() {
        return VolumeStats.Metrics.NONE;
    }

    @Override
    public boolean supports(Spec spec) {
        return spec.source().has("hostPath");
    }

    /// Without a `type` nothing is looked at: the runtime makes a directory of what is missing. Links are followed, as
    /// upstream does: who may use `hostPath` may name any place of the host.
    /// @throws IOException when the type is another; the pod waits, and it is looked again
    @Override
    public Path setUp(Spec spec) throws IOException {
        Struct h = spec.source().struct("hostPath");
        Path p = Path.of(h.text("path"));
        String type = h.text("type");
        switch (type) {
            case "DirectoryOrCreate" -> Files.createDirectories(p);
            case "FileOrCreate" -> {
                if (!Files.exists(p)) {
                    Files.createFile(p);
                }
            }
            default -> {
                // the rest only checks
            }
        }
        if (!type.isEmpty() && !fits(p, type)) {
            throw new IOException("hostPath type check failed: " + p + " is not a "
                    + type.replace("OrCreate", "").toLowerCase(Locale.ROOT));
        }
        return p;
    }

    /// @return false when nothing is there
    /// @throws ConfigError for a type Kubernetes does not have
    private static boolean fits(Path p, String type) throws IOException {
        if (!Files.exists(p)) {
            return false;
        }
        int kind = (int) Files.getAttribute(p, "unix:mode") & TYPE_MASK;
        return switch (type) {
            case "Directory", "DirectoryOrCreate" -> kind == 0040000;
            case "File", "FileOrCreate" -> kind == 0100000;
            case "Socket" -> kind == 0140000;
            case "CharDevice" -> kind == 0020000;
            case "BlockDevice" -> kind == 0060000;
            default -> throw ConfigError.config("unknown hostPath type " + type);
        };
    }
}
