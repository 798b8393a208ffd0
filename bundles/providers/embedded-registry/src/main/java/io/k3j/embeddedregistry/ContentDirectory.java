package io.k3j.embeddedregistry;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// containerd's content as files: `blobs/sha256/HEX`. containerd writes content elsewhere and moves it here when its
/// digest is right; what it removes can be read on by who has opened it. Read only. Any thread; blocks for the disk.
final class ContentDirectory {
    /// As much as containerd reads of a manifest.
    static final int MOST_MANIFEST_BYTES = 8 << 20;
    private static final String SHA_256 = "sha256:";
    private static final int HEX_DIGITS = 64;
    private final Path blobs;

    /// @param root containerd's own directory
    ContentDirectory(Path root) {
        blobs = root.resolve("io.containerd.content.v1.content/blobs/sha256");
    }

    /// Where it is, or would be; empty for what is no digest of SHA-256.
    private Optional<Path> file(String digest) {
        String hex = digest.startsWith(SHA_256) ? digest.substring(SHA_256.length()) : "";
        boolean plain = hex.length() == HEX_DIGITS
                && hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
        return plain ? Optional.of(blobs.resolve(hex)) : Optional.empty();
    }

    /// Whether it is here.
    boolean has(String digest) {
        return file(digest).filter(Files::isRegularFile).isPresent();
    }

    /// Opens it; the caller closes.
    ///
    /// @throws IOException when it is not here
    SeekableByteChannel open(String digest) throws IOException {
        return Files.newByteChannel(file(digest).orElseThrow(() -> new IOException("no digest")));
    }

    /// A manifest or an index; empty when it is not here, or nothing that can be read.
    Optional<Struct> manifest(String digest) {
        Optional<Path> file = file(digest);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            byte[] bytes = in.readNBytes(MOST_MANIFEST_BYTES + 1);
            return bytes.length > MOST_MANIFEST_BYTES ? Optional.empty() : Optional.of(Json.object(bytes));
        } catch (IOException | MalformedInput unreadable) {
            return Optional.empty();
        }
    }
}
