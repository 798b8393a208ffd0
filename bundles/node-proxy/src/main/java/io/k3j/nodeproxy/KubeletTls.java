package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// TLS towards kubelets: with the API server's client certificate, trusting the cluster's server
/// authority, checking the node's address.
final class KubeletTls {
    private static final System.Logger LOG = System.getLogger("io.k3j.nodeproxy");
    private final Path tls;
    private volatile Loaded loaded;

    /// What the files said, and when the certificate, which is written last, was written.
    private record Loaded(SSLContext context, FileTime written) {
    }

    /// Reads the certificates below `<data-dir>/server/tls`.
    KubeletTls(Path tls) throws IOException, GeneralSecurityException {
        this.tls = tls;
        this.loaded = load(tls);
    }

    private static Path own(Path tls) {
        return tls.resolve("client-kube-apiserver.crt");
    }

    /// The newest certificate: the supervisor renews it while the server runs.
    private SSLContext context() throws IOException {
        if (!Files.getLastModifiedTime(own(tls)).equals(loaded.written())) {
            try {
                loaded = load(tls);
            } catch (GeneralSecurityException unusable) {
                LOG.log(System.Logger.Level.WARNING, "cannot use the renewed certificate path={0}: {1}", own(tls),
                        unusable.getMessage());
            }
        }
        return loaded.context();
    }

    private static Loaded load(Path tls) throws IOException, GeneralSecurityException {
        FileTime written = Files.getLastModifiedTime(own(tls));
        KeyStore trusted = empty();
        int n = 0;
        for (X509Certificate c : Pem.certificates(Files.readString(tls.resolve("server-ca.crt")))) {
            trusted.setCertificateEntry("ca" + n++, c);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = empty();
        own.setKeyEntry("apiserver",
                Pem.keys(Files.readString(tls.resolve("client-kube-apiserver.key"))).getFirst().secret(),
                new char[0],
                Pem.certificates(Files.readString(own(tls))).toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return new Loaded(context, written);
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /// The channel with TLS over it; blocks for the handshake.
    ByteDuplex over(ByteDuplex plain, String host, int port) throws IOException {
        return over(context(), "HTTPS", plain, host, port);
    }

    /// The channel with TLS over it, to whoever answers: pods have certificates of their own. As upstream, it proves
    /// nothing; no credential of this server goes there.
    static ByteDuplex anybody(ByteDuplex plain, String host, int port) throws IOException {
        return over(Trust.anybody(), "", plain, host, port);
    }

    private static ByteDuplex over(SSLContext context, String identified, ByteDuplex plain, String host, int port)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(new DuplexSocket(plain), host, port,
                true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(identified);
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
            return new Secured(plain, socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /// Closing the plain channel first never waits for a writer that is stuck.
    private record Secured(ByteDuplex plain, SSLSocket socket, InputStream input, OutputStream output)
            implements
                ByteDuplex {
        @Override
        public void close() {
            plain.close();
        }
    }
}
