package io.k3j.servercredentials;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The certificate of the port of a component of the control plane, from files: K3s' `tls-cert-file` and
/// `tls-private-key-file` of kube-scheduler and kube-controller-manager, or those an argument names. Files that have
/// changed are shown from the next handshake on, as upstream's; where chain and key do not fit, as between the writes
/// of one and the other, or cannot be read, what was shown stays. Clients are those of the server's port. Any thread; a
/// handshake asks the disk for two times.
public final class ComponentIdentity implements ListenerIdentity {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String CERTIFICATE = "tls-cert-file";
    private static final String KEY = "tls-private-key-file";
    private final Path certificate;
    private final Path key;
    private final ListenerIdentity server;
    private volatile Loaded loaded;

    /// @param changed when the files were, chain and key
    private record Loaded(Certified certified, List<FileTime> changed) {
    }

    private ComponentIdentity(Path certificate, Path key, ListenerIdentity server) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.server = server;
        this.loaded = read();
    }

    /// Reads the files.
    /// @param name `kube-scheduler` or `kube-controller-manager`
    /// @param server whose clients these are as well
    /// @param arguments of the component, `name=value`
    /// @throws IOException naming the argument, when only one of two files is named, or one cannot be used
    public static ComponentIdentity of(ServerLayout layout, String name, ListenerIdentity server, String... arguments)
            throws IOException {
        Optional<String> certificate = last(CERTIFICATE, arguments);
        Optional<String> key = last(KEY, arguments);
        String flag = "--" + name + "-arg=";
        if (certificate.isPresent() != key.isPresent()) {
            throw new IOException(flag + (key.isPresent() ? KEY : CERTIFICATE) + " needs " + flag
                    + (key.isPresent() ? CERTIFICATE : KEY) + " beside it; give both, or none for K3s' own");
        }
        String own = name + "/" + name;
        try {
            return new ComponentIdentity(certificate.map(Path::of).orElse(layout.tls(own + ".crt")),
                    key.map(Path::of).orElse(layout.tls(own + ".key")), server);
        } catch (IOException e) {
            if (certificate.isEmpty()) {
                throw e;
            }
            throw new IOException(flag + CERTIFICATE + ", " + KEY + ": " + e.getMessage(), e);
        }
    }

    private static Optional<String> last(String name, String... arguments) {
        Optional<String> found = Optional.empty();
        for (String argument : arguments) {
            String bare = argument.startsWith("--") ? argument.substring(2) : argument;
            if (bare.startsWith(name + "=")) {
                found = Optional.of(bare.substring(name.length() + 1)).filter(value -> !value.isEmpty());
            }
        }
        return found;
    }

    private List<FileTime> changed() throws IOException {
        return List.of(changed(certificate), changed(key));
    }

    /// A file that is missing is told by whoever reads it.
    private static FileTime changed(Path file) throws IOException {
        return Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
    }

    private Loaded read() throws IOException {
        List<FileTime> times = changed();
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        if (chain.isEmpty()) {
            throw new NoSuchFileException(certificate.toString(), null, "no certificate is there");
        }
        LoadedKey secret = PemFiles.key(key)
                .orElseThrow(() -> new NoSuchFileException(key.toString(), null, "no private key is there"));
        if (secret.open().isPresent() && !secret.open().get().equals(chain.getFirst().getPublicKey())) {
            throw new IOException(key + " is not the key of the certificate in " + certificate);
        }
        return new Loaded(new Certified(chain, secret.secret()), times);
    }

    /// The same for every name: it has one certificate.
    @Override
    public Certified certified(Optional<String> serverName) {
        Loaded known = loaded;
        try {
            if (!known.changed.equals(changed())) {
                known = read();
                loaded = known;
            }
        } catch (IOException unreadable) {
            LOG.log(Level.DEBUG, "The last certificate goes on counting", unreadable);
        }
        return known.certified;
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return server.clientAuthorities();
    }
}
