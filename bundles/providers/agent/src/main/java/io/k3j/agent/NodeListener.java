package io.k3j.agent;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.CertificateFiles;
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

/// The certificate of the kubelet's port, from the files in `agent/`, or from those that `tls-cert-file` and
/// `tls-private-key-file` of the kubelet name; a renewed one is used from the next handshake on. Who asks for
/// `localhost` sees those of `agent/` in any case: that is the node's container runtime, which knows no others.
final class NodeListener implements ListenerIdentity {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private static final String NODE_ITSELF = "localhost";
    private final List<Path> files;
    private final Optional<CertificateFiles> given;
    private @Nullable Loaded loaded;

    /// The loaded files and their modification times.
    private record Loaded(Certified certified, List<X509Certificate> authorities, List<FileTime> modified) {
    }

    /// Loads the files.
    /// @param arguments of the kubelet, `name=value`
    /// @throws IllegalArgumentException naming the argument, when a file that one names cannot be used
    NodeListener(AgentLayout layout, String... arguments) throws IOException {
        given = given(arguments);
        files = List.of(layout.agent("serving-kubelet.crt"), layout.agent("serving-kubelet.key"),
                layout.agent("client-ca.crt"));
        loaded = read();
    }

    private static Optional<CertificateFiles> given(String... arguments) {
        try {
            return CertificateFiles.named("--kubelet-arg=", "tls-cert-file", "tls-private-key-file", arguments);
        } catch (IOException unusable) {
            throw new IllegalArgumentException(String.valueOf(unusable.getMessage()), unusable);
        }
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
        boolean itself = serverName.filter(NODE_ITSELF::equalsIgnoreCase).isPresent();
        return given.filter(_ -> !itself).map(CertificateFiles::now)
                .map(pair -> new Certified(pair.chain(), pair.key())).orElseGet(() -> current().certified());
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return current().authorities();
    }
}
