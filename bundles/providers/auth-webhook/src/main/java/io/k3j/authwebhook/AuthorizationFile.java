package io.k3j.authwebhook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// The file of `authorization-config`. A value.
record AuthorizationFile(Path path) {
    /// Larger only by mistake.
    private static final int MOST_BYTES = 4 << 20;

    /// All of it.
    /// @throws IOException when it cannot be read, or is too long
    byte[] bytes() throws IOException {
        try (InputStream from = Files.newInputStream(path)) {
            byte[] all = from.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new IOException(path + " is larger than " + MOST_BYTES + " bytes");
            }
            return all;
        }
    }

    /// By what another file, or another content, is told. Links are followed: a mounted volume changes by one.
    String stamp() {
        try {
            BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
            return is.lastModifiedTime() + " " + is.size() + " " + is.fileKey();
        } catch (IOException away) {
            return "away";
        }
    }
}
