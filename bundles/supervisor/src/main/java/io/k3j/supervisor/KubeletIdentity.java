package io.k3j.supervisor;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The certificate of the kubelet's port, as it lies in `agent/`.
final class KubeletIdentity implements ListenerIdentity {
    private final Layout layout;
    private volatile Certified certified;
    private volatile List<X509Certificate> authorities;

    /// Reads the files.
    KubeletIdentity(Layout layout) throws IOException {
        this.layout = layout;
        this.certified = certified(layout);
        this.authorities = PemFiles.certificates(layout.agent("client-ca.crt"));
    }

    private static Certified certified(Layout layout) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(layout.agent("serving-kubelet.crt"));
        LoadedKey key = PemFiles.key(layout.agent("serving-kubelet.key")).orElseThrow();
        return new Certified(chain, key.secret());
    }

    /// Reads them again; the next handshake shows what they say now.
    void read() {
        try {
            authorities = PemFiles.certificates(layout.agent("client-ca.crt"));
            certified = certified(layout);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public Certified certified(Optional<String> serverName) {
        return certified;
    }

    @Override
    public List<X509Certificate> clientAuthorities() {
        return authorities;
    }
}
