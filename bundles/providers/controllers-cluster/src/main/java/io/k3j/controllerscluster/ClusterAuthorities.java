package io.k3j.controllerscluster;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// The authorities of K3s' `--cluster-signing-*` flags, in `server/tls`: `client-ca` for clients of the API server,
/// `server-ca` for kubelets' ports and for what has no better signer.
/// @param directory `server/tls`
record ClusterAuthorities(Path directory) implements CertificateSigner.Authorities {
    @Override
    public Optional<CertificateAuthority> of(String signer) {
        return switch (signer) {
            case KubernetesSigners.CLIENT, KubernetesSigners.KUBELET_CLIENT -> read("client-ca");
            case KubernetesSigners.KUBELET_SERVING, KubernetesSigners.LEGACY -> read("server-ca");
            default -> Optional.empty();
        };
    }

    /// The authority itself is the first of its file; what leads to its root follows.
    private Optional<CertificateAuthority> read(String name) {
        try {
            List<X509Certificate> chain = PemFiles.certificates(directory.resolve(name + ".crt"));
            Optional<LoadedKey> key = PemFiles.key(directory.resolve(name + ".key"));
            return chain.isEmpty() ? Optional.empty() : key.map(k -> new CertificateAuthority(chain, k.secret()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the cluster's authority " + name, e);
        }
    }
}
