package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.TlsChannel;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS to kubelets: authenticates with the API server's client certificate and verifies the node's address
/// against the cluster's server authority.
final class KubeletTls {
    private static final System.Logger LOG = System.getLogger("io.k3j.nodeproxy");
    private final Path tls;
    private volatile Loaded loaded;

    /// The loaded context, and the modification time of the certificate, which is written last.
    private record Loaded(SSLContext context, FileTime modified) {
    }

    /// Loads the certificates in `<data-dir>/server/tls`.
    KubeletTls(Path tls) throws IOException, GeneralSecurityException {
        this.tls = tls;
        this.loaded = load(tls);
    }

    private static Path clientCertificate(Path tls) {
        return tls.resolve("client-kube-apiserver.crt");
    }

    /// The context with the present certificate, which the supervisor may have renewed.
    private SSLContext context() throws IOException {
        if (!Files.getLastModifiedTime(clientCertificate(tls)).equals(loaded.modified())) {
            try {
                loaded = load(tls);
            } catch (GeneralSecurityException unusable) {
                LOG.log(System.Logger.Level.WARNING, "Cannot use the renewed certificate path={0} error={1}",
                        clientCertificate(tls),
                        unusable.getMessage());
            }
        }
        return loaded.context();
    }

    private static Loaded load(Path tls) throws IOException, GeneralSecurityException {
        FileTime modified = Files.getLastModifiedTime(clientCertificate(tls));
        KeyStore trusted = empty();
        int n = 0;
        for (X509Certificate c : Pem.certificates(Files.readString(tls.resolve("server-ca.crt")))) {
            trusted.setCertificateEntry("ca" + n++, c);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore identity = empty();
        identity.setKeyEntry("apiserver",
                Pem.keys(Files.readString(tls.resolve("client-kube-apiserver.key"))).getFirst().secret(),
                new char[0],
                Pem.certificates(Files.readString(clientCertificate(tls))).toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return new Loaded(context, modified);
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /// Adds TLS to the channel; blocks for the handshake.
    ByteDuplex wrap(ByteDuplex plain, String host, int port) throws IOException {
        return TlsChannel.verified(context(), plain, host, port);
    }

    /// Adds TLS without verification, because pods have certificates of their own. As upstream; no credential
    /// of this server is sent there.
    static ByteDuplex wrapUnverified(ByteDuplex plain, String host, int port) throws IOException {
        return TlsChannel.unverified(Trust.anybody(), plain, host, port);
    }
}
