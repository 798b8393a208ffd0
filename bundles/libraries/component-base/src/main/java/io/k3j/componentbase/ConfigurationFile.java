package io.k3j.componentbase;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// A file that an operator writes and a flag names, as those of
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>. A value; each call reads the
/// disk and blocks for it.
///
/// @param path where it is
public record ConfigurationFile(Path path) {
    /// The longest file that is read, in bytes: a longer one is a mistake.
    public static final int MOST_BYTES = 4 << 20;

    /// All of it.
    /// @throws IOException when it cannot be read, or is longer than [#MOST_BYTES]
    public byte[] bytes() throws IOException {
        try (InputStream from = Files.newInputStream(path)) {
            byte[] all = from.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new IOException(path + " is larger than " + MOST_BYTES + " bytes");
            }
            return all;
        }
    }

    /// The same as text in UTF-8.
    /// @throws IOException as [#bytes]
    public String text() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
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
