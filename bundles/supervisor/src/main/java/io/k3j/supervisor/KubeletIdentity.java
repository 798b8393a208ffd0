package io.k3j.supervisor;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The certificate of the kubelet's port, as it lies in `agent/`.
final class KubeletIdentity implements ListenerIdentity {
    private final Certified certified;
    private final List<X509Certificate> authorities;

    /// Reads the files.
    KubeletIdentity(Layout layout) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(layout.agent("serving-kubelet.crt"));
        LoadedKey key = PemFiles.key(layout.agent("serving-kubelet.key")).orElseThrow();
        certified = new Certified(chain, key.secret());
        authorities = PemFiles.certificates(layout.agent("client-ca.crt"));
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
