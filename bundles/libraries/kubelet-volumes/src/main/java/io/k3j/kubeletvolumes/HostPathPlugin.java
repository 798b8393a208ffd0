package io.k3j.kubeletvolumes;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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
    /// @throws IOException when the type is another, in upstream's words; the pod waits, and it is looked again
    @Override
    public Path setUp(Spec spec) throws IOException {
        Struct h = spec.source().struct("hostPath");
        Path p = Path.of(h.text("path"));
        String type = h.text("type");
        if (type.isEmpty() || made(p, type)) {
            return p;
        }
        Kind wanted = switch (type) {
            case "Directory", "DirectoryOrCreate" -> new Kind(0040000, "directory");
            case "File", "FileOrCreate" -> new Kind(0100000, "file");
            case "Socket" -> new Kind(0140000, "socket file");
            case "CharDevice" -> new Kind(0020000, "character device");
            case "BlockDevice" -> new Kind(0060000, "block device");
            default -> throw ConfigError.config(type + " is an invalid volume type");
        };
        if (!Files.exists(p) || ((int) Files.getAttribute(p, "unix:mode") & TYPE_MASK) != wanted.mode()) {
            throw new IOException("hostPath type check failed: " + p + " is not a " + wanted.name());
        }
        return p;
    }

    /// @param mode of stat(2)
    private record Kind(int mode, String name) {
    }

    /// Makes what is missing, where the type says so.
    private static boolean made(Path p, String type) throws IOException {
        if (!type.endsWith("OrCreate") || Files.exists(p)) {
            return false;
        }
        try {
            if (type.startsWith("Directory")) {
                Files.createDirectories(p);
            } else {
                Files.createFile(p);
            }
            return true;
        } catch (NoSuchFileException e) {
            throw new IOException("open " + p + ": no such file or directory", e);
        }
    }
}
