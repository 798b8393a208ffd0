package io.k3j.testkitprocess;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The key that service account tokens are signed with, which is a third of what a first start costs: an RSA key. That
/// of the first server here is given to those after it that begin with nothing and share nothing with another server,
/// where an operator would put one.
final class ServiceKey {
    /// Of a server whose key is another's business, its datastore's say.
    private static final List<String> SHARED = List.of("--datastore-endpoint", "--cluster-init", "--cluster-reset",
            "--server");
    /// Null until there is one.
    private final AtomicReference<@Nullable String> made = new AtomicReference<>();

    /// Gives it to a server that is to be started with these words; nothing when there is none yet.
    /// @throws IOException when it cannot be written
    void give(Path dataDir, List<String> words) throws IOException {
        String key = made.get();
        if (key == null || Files.exists(dataDir, LinkOption.NOFOLLOW_LINKS)
                || words.stream().anyMatch(word -> SHARED.stream().anyMatch(word::startsWith))) {
            return;
        }
        Path tls = Files.createDirectory(dataDir).resolve("server/tls");
        PemFiles.directory(tls);
        PemFiles.write(tls.resolve("service.key"), key, PemFiles.SECRET);
    }

    /// Keeps the one that signs for a server, when it is the first and has one.
    /// @throws IOException when it is there and cannot be read
    void keep(Path dataDir) throws IOException {
        if (made.get() == null) {
            made.compareAndSet(null, PemFiles.read(dataDir.resolve("server/tls/service.current.key")).orElse(null));
        }
    }
}
