package io.k3j.launcher.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/// The file of `--log`: at 50 MB it is packed away as `NAME.1.gz`; three of those are kept, as in K3s. Used by
/// one thread at a time.
final class RotatedFile {
    private static final long MAX_BYTES = 50L << 20;
    private static final int KEPT = 3;

    private final Path path;
    private OutputStream out;
    private long size;

    RotatedFile(Path path) throws IOException {
        this.path = path.toAbsolutePath();
        Files.createDirectories(this.path.getParent());
        this.out = open();
    }

    private OutputStream open() throws IOException {
        OutputStream fresh = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(path);
        return fresh;
    }

    void write(byte[] bytes) throws IOException {
        if (size + bytes.length > MAX_BYTES) {
            rotate();
        }
        out.write(bytes);
        size += bytes.length;
    }

    private void rotate() throws IOException {
        out.close();
        for (int i = KEPT - 1; i > 0; i--) {
            if (Files.exists(packed(i))) {
                Files.move(packed(i), packed(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(packed(1)))) {
            Files.copy(path, packed);
        }
        Files.delete(path);
        out = open();
    }

    private Path packed(int number) {
        return path.resolveSibling(path.getFileName() + "." + number + ".gz");
    }
}
