package io.k3j.pki;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Whom a TLS client believes. Pure, but for [#ofMachine]; for clients without a certificate of their own, others take
/// [ClientTls].
public final class Trust {
    /// Where Linux systems keep the authorities that they believe.
    private static final List<Path> SYSTEM = List.of(Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"), Path.of("/etc/ssl/ca-bundle.pem"));

    private Trust() {
    }

    /// Exactly these authorities; not those of the machine.
    ///
    /// @param authorities none believes nobody
    /// @throws GeneralSecurityException when one of them cannot be used
    public static SSLContext in(Collection<X509Certificate> authorities) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("ca-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The authorities this machine believes, as programs of Go find them; Java's own where it keeps none. Reads them
    /// anew at each call.
    ///
    /// @throws IOException when they cannot be read
    /// @throws GeneralSecurityException when they are none
    public static List<X509Certificate> ofMachine() throws IOException, GeneralSecurityException {
        Optional<Path> bundle = SYSTEM.stream().filter(Files::isReadable).findFirst();
        if (bundle.isPresent()) {
            return Pem.certificates(Files.readString(bundle.get()));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Stream.of(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                .flatMap(m -> Stream.of(((X509TrustManager) m).getAcceptedIssuers())).toList();
    }

    /// Anybody, by whatever name: for a certificate that is checked afterwards, a probe that asks whether somebody
    /// answers, or an operator who said so. Never to send a secret to somebody who is not known otherwise.
    public static SSLContext anybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Blind()}, null);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// Of a context that believes anybody.
    static TrustManager blind() {
        return new Blind();
    }

    /// Extends the class and does not only implement `X509TrustManager`: the JDK would check names and algorithms of
    /// what only does that.
    private static final class Blind extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new IllegalStateException("for clients only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // whoever it is
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new IllegalStateException("for clients only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // whoever it is
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("for clients only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // whoever it is
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
