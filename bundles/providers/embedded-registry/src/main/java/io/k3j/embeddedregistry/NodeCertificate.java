package io.k3j.embeddedregistry;

import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Who this node is to others: the certificate of its kubelet. Any thread; blocks for the disk.
final class NodeCertificate {
    private final List<Path> files;
    private @Nullable Loaded loaded;

    private record Loaded(SSLContext context, List<FileTime> modified) {
    }

    /// Reads nothing yet.
    ///
    /// @param agent the directory `agent` of the data directory
    NodeCertificate(Path agent) {
        files = List.of(agent.resolve("server-ca.crt"), agent.resolve("client-kubelet.crt"),
                agent.resolve("client-kubelet.key"));
    }

    /// The context to connect with; the same one until a file has changed, so that sessions are resumed.
    /// @throws IOException when a file cannot be read
    synchronized SSLContext context() throws IOException {
        List<FileTime> modified = new ArrayList<>();
        for (Path file : files) {
            modified.add(Files.getLastModifiedTime(file));
        }
        Loaded now = loaded;
        if (now == null || !now.modified().equals(modified)) {
            now = new Loaded(read(), modified);
            loaded = now;
        }
        return now.context();
    }

    private SSLContext read() throws IOException {
        LoadedKey key = PemFiles.key(files.get(2)).orElseThrow(() -> new NoSuchFileException(files.get(2).toString()));
        return ClientTls.trusting(PemFiles.certificates(files.get(0)),
                Optional.of(new ClientTls.Own(PemFiles.certificates(files.get(1)), key.secret())));
    }
}
