package io.k3j.servercredentials;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The certificate of the kubelet's port, as it lies in `agent/`. Any thread; a handshake never waits. It reads when it
/// is told to ([#read]), as by [Renewal]: watching the files would show a certificate without its key.
public final class KubeletIdentity implements ListenerIdentity {
    private final ServerLayout layout;
    /// Chain and key are one object, so a handshake never sees one of them old and one new.
    private volatile Certified certified;
    private volatile List<X509Certificate> authorities;

    /// Reads the files.
    /// @throws IOException when one cannot be read
    public KubeletIdentity(ServerLayout layout) throws IOException {
        this.layout = layout;
        this.certified = certified(layout);
        this.authorities = chain(layout, "client-ca.crt");
    }

    private static Certified certified(ServerLayout layout) throws IOException {
        List<X509Certificate> chain = chain(layout, "serving-kubelet.crt");
        Path file = layout.agent("serving-kubelet.key");
        LoadedKey key = PemFiles.key(file).orElseThrow(() -> new NoSuchFileException(file.toString(), null,
                "no private key is there"));
        return new Certified(chain, key.secret());
    }

    /// Without a certificate no handshake succeeds, and without authorities no client is known: neither is shown.
    private static List<X509Certificate> chain(ServerLayout layout, String name) throws IOException {
        Path file = layout.agent(name);
        List<X509Certificate> chain = PemFiles.certificates(file);
        if (chain.isEmpty()) {
            throw new NoSuchFileException(file.toString(), null, "no certificate is there");
        }
        return chain;
    }

    /// Reads them again; the next handshake shows what they say now. The authorities are read first: a new certificate
    /// may be theirs.
    /// @throws UncheckedIOException when one cannot be read; what was shown stays
    public void read() {
        try {
            authorities = chain(layout, "client-ca.crt");
            certified = certified(layout);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The same for every name: the kubelet has one certificate.
    @Override
    public Certified certified(Optional<String> serverName) {
        return certified;
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return authorities;
    }
}
