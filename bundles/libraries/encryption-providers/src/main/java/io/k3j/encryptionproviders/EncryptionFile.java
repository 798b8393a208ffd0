package io.k3j.encryptionproviders;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// The file of `encryption-provider-config`. A value.
record EncryptionFile(Path path) {
    /// Larger only by mistake.
    private static final int MOST_BYTES = 4 << 20;

    /// All of it.
    /// @throws IllegalArgumentException in upstream's words when it cannot be read, is empty or too long
    byte[] bytes() {
        try (InputStream from = Files.newInputStream(path)) {
            byte[] all = from.readNBytes(MOST_BYTES + 1);
            if (all.length == 0) {
                throw new IllegalArgumentException(
                        "encryption provider configuration file \"" + path + "\" is empty");
            }
            if (all.length > MOST_BYTES) {
                throw new IllegalArgumentException("encryption provider configuration file \"" + path
                        + "\" is larger than " + MOST_BYTES + " bytes");
            }
            return all;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "error reading encryption provider configuration file \"" + path + "\": " + e, e);
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
