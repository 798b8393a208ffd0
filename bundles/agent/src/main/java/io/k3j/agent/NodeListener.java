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

/// The certificate of the kubelet's port, as it lies in `agent/`; a renewed one counts from the next handshake on.
final class NodeListener implements ListenerIdentity {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private final List<Path> files;
    private @Nullable Loaded loaded;

    /// What was read, and when it had been written.
    private record Loaded(Certified certified, List<X509Certificate> authorities, List<FileTime> written) {
    }

    /// Reads the files.
    NodeListener(Layout layout) throws IOException {
        files = List.of(layout.agent("serving-kubelet.crt"), layout.agent("serving-kubelet.key"),
                layout.agent("client-ca.crt"));
        loaded = read();
    }

    private Loaded read() throws IOException {
        List<FileTime> written = written();
        Certified certified = new Certified(PemFiles.certificates(files.get(0)),
                PemFiles.key(files.get(1)).orElseThrow(() -> new IOException(files.get(1) + " is missing")).secret());
        return new Loaded(certified, PemFiles.certificates(files.get(2)), written);
    }

    private List<FileTime> written() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : files) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private synchronized Loaded newest() {
        Loaded known = loaded;
        try {
            if (known == null || !known.written().equals(written())) {
                known = read();
                loaded = known;
            }
        } catch (IOException replacing) {
            LOG.log(System.Logger.Level.DEBUG, "the last certificate goes on counting", replacing);
            if (known == null) {
                throw new UncheckedIOException(replacing);
            }
        }
        return known;
    }

    @Override
    public Certified certified(Optional<String> serverName) {
        return newest().certified();
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return newest().authorities();
    }
}
