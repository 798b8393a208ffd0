package io.k3j.launcher.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/// The file of `--log`: at 50 MB it is packed away as `NAME.1.gz`; three of those are kept, as in K3s. Where it cannot
/// be, of a full disk for example, it grows on and nothing is lost; that is tried again when it has grown by a tenth.
/// Used by one thread at a time.
final class RotatedFile {
    private static final long MAX_BYTES = 50L << 20;
    private static final int KEPT = 3;
    private static final int AGAIN = 10;

    private final Path path;
    private final long maxBytes;
    private OutputStream out;
    private long size;
    /// Up to what size it grows.
    private long limit;

    RotatedFile(Path path) throws IOException {
        this(path, MAX_BYTES);
    }

    /// @param maxBytes at which it is packed away
    RotatedFile(Path path, long maxBytes) throws IOException {
        this.path = path.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.limit = maxBytes;
        Files.createDirectories(this.path.getParent());
        this.out = open();
    }

    private OutputStream open() throws IOException {
        OutputStream fresh = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(path);
        return fresh;
    }

    void write(byte[] bytes) throws IOException {
        if (size + bytes.length > limit) {
            rotate();
        }
        out.write(bytes);
        size += bytes.length;
    }

    /// The old one is written to until there is a new one.
    private void rotate() {
        try {
            if (Files.exists(path)) {
                pack();
            }
            OutputStream old = out;
            out = open();
            limit = maxBytes;
            old.close();
        } catch (IOException e) {
            limit = size + maxBytes / AGAIN;
        }
    }

    /// Packed beside the others first: none of them goes for one that does not come.
    private void pack() throws IOException {
        Path packing = path.resolveSibling(path.getFileName() + ".packing.gz");
        try {
            try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(packing))) {
                Files.copy(path, packed);
            }
            for (int i = KEPT - 1; i > 0; i--) {
                if (Files.exists(packed(i))) {
                    Files.move(packed(i), packed(i + 1), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.move(packing, packed(1), StandardCopyOption.REPLACE_EXISTING);
            Files.delete(path);
        } finally {
            Files.deleteIfExists(packing);
        }
    }

    private Path packed(int number) {
        return path.resolveSibling(path.getFileName() + "." + number + ".gz");
    }
}
