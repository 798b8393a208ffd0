package io.k3j.bootitest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Keys, requests and TLS of a scripted node; openssl makes what it sends, nothing of the product does.
final class WireTls {
    private static final char[] PASSWORD = "nobody".toCharArray();
    /// Go's `InsecureSkipVerify`.
    private static final TrustManager ANYBODY = new X509ExtendedTrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // a client asks
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // whoever it is
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            // a client asks
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // whoever it is
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // a client asks
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // whoever it is
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    private WireTls() {
    }

    /// Believes everybody.
    static SSLContext anybody() throws GeneralSecurityException {
        return context(new KeyManager[0], new TrustManager[] {ANYBODY});
    }

    /// Believes these authorities.
    static SSLContext trusting(String pem) throws GeneralSecurityException, IOException {
        return context(new KeyManager[0], trust(pem));
    }

    /// Believes these, and shows the certificate of `NAME.crt` with the key of `NAME.key`.
    static SSLContext showing(Path directory, String name, String pem)
            throws GeneralSecurityException, IOException, InterruptedException {
        Path store = directory.resolve(name + ".p12");
        openssl("pkcs12", "-export", "-in", directory.resolve(name + ".crt").toString(), "-inkey",
                directory.resolve(name + ".key").toString(), "-passout", "pass:" + new String(PASSWORD), "-out",
                store.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, PASSWORD);
        return context(factory.getKeyManagers(), trust(pem));
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    private static TrustManager[] trust(String pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate one : certificates(pem)) {
            store.setCertificateEntry("authority-" + store.size(), one);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// Those of a text, in order.
    static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        for (Certificate one : CertificateFactory.getInstance("X.509")
                .generateCertificates(
                        new ByteArrayInputStream(pem.getBytes(java.nio.charset.StandardCharsets.UTF_8)))) {
            all.add((X509Certificate) one);
        }
        return all;
    }

    /// A new key in `NAME.key`, in Go's form, and a request in DER that says nothing but the key.
    static byte[] request(Path directory, String name) throws IOException, InterruptedException {
        Path key = directory.resolve(name + ".key");
        Path request = directory.resolve(name + ".csr");
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key.toString());
        openssl("req", "-new", "-key", key.toString(), "-subj", "/", "-outform", "DER", "-out", request.toString());
        return Files.readAllBytes(request);
    }

    /// Runs openssl, which must succeed.
    static void openssl(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(words));
        Commands.must(Commands.run(line));
    }
}
