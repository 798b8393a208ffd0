package io.k3j.agent;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The certificate of the kubelet's port, from the files in `agent/`; a renewed one is used from the next
/// handshake on.
final class NodeListener implements ListenerIdentity {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private final List<Path> files;
    private @Nullable Loaded loaded;

    /// The loaded files and their modification times.
    private record Loaded(Certified certified, List<X509Certificate> authorities, List<FileTime> modified) {
    }

    /// Loads the files.
    NodeListener(AgentLayout layout) throws IOException {
        files = List.of(layout.agent("serving-kubelet.crt"), layout.agent("serving-kubelet.key"),
                layout.agent("client-ca.crt"));
        loaded = read();
    }

    private Loaded read() throws IOException {
        List<FileTime> modified = modified();
        Certified certified = new Certified(PemFiles.certificates(files.get(0)),
                PemFiles.key(files.get(1)).orElseThrow(() -> new IOException(files.get(1) + " is missing")).secret());
        return new Loaded(certified, PemFiles.certificates(files.get(2)), modified);
    }

    private List<FileTime> modified() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : files) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private synchronized Loaded current() {
        Loaded known = loaded;
        try {
            if (known == null || !known.modified().equals(modified())) {
                known = read();
                loaded = known;
            }
        } catch (IOException incomplete) {
            LOG.log(System.Logger.Level.DEBUG, "The last certificate goes on counting", incomplete);
            if (known == null) {
                throw new UncheckedIOException(incomplete);
            }
        }
        return known;
    }

    @Override
    public Certified certified(Optional<String> serverName) {
        return current().certified();
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return current().authorities();
    }
}
