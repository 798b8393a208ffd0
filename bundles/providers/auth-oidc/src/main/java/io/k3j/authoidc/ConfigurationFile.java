package io.k3j.authoidc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files of operators, which are larger than a few megabytes by mistake only.
final class ConfigurationFile {
    /// The longest file that is read.
    static final int MOST_BYTES = 4 << 20;

    private ConfigurationFile() {
    }

    /// All of a file.
    /// @throws IOException when it cannot be read, or is longer than [#MOST_BYTES]
    static byte[] bytes(Path file) throws IOException {
        try (InputStream from = Files.newInputStream(file)) {
            byte[] all = from.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new IOException(file + " is larger than " + MOST_BYTES + " bytes");
            }
            return all;
        }
    }

    /// The same as text.
    /// @throws IOException as [#bytes]
    static String text(Path file) throws IOException {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }
}
