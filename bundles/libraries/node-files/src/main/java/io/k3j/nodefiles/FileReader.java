package io.k3j.nodefiles;

import io.k3j.nodefiles.Handles.Handle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads files that a container has left in a volume, whatever it does there meanwhile: nothing outside the volume, no
/// pipe that would be waited for, and no more than is useful. Any thread; blocks for the disk.
public final class FileReader {
    /// As much as a ConfigMap holds.
    private static final int MOST_BYTES = 1 << 20;
    private final Handles handles;

    /// Opens nothing yet.
    /// @param handles may serve others, too
    public FileReader(Handles handles) {
        this.handles = handles;
    }

    /// What a file has, as UTF-8; at most 1 MiB.
    /// @param volume where it lies; its own path may have links, they are the kubelet's
    /// @param path in the volume; a link in it is followed as if the volume were the root, see [InsidePath]
    /// @throws NoSuchFileException when there is none
    /// @throws IOException for what is no file, or is too large
    public String text(Path volume, String path) throws IOException {
        try (Handle base = handles.directory(volume.toRealPath()); Handle file = InsidePath.open(base, path)) {
            if (!file.isFile()) {
                throw new FileSystemException(path, null, "is no regular file");
            }
            try (InputStream in = Files.newInputStream(file.path())) {
                byte[] all = in.readNBytes(MOST_BYTES + 1);
                if (all.length > MOST_BYTES) {
                    throw new FileSystemException(path, null, "has more than " + MOST_BYTES + " bytes");
                }
                return new String(all, StandardCharsets.UTF_8);
            }
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(path);
        }
    }
}
