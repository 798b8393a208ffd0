package io.k3j.kubectl;

import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The current context of a kubeconfig.
record Kubeconfig(String server, String namespace, SSLContext tls, String token) {
    /// Reads the file.
    /// @throws CommandFailure when it is missing, unreadable or holds nothing usable
    static Kubeconfig read(Path file) {
        try {
            Struct config = Yaml.document(Files.readAllBytes(file)).object();
            Struct context = config.seq("contexts").find("name", config.text("current-context")).struct("context");
            Struct cluster = config.seq("clusters").find("name", context.text("cluster")).struct("cluster");
            Struct user = config.seq("users").find("name", context.text("user")).struct("user");
            return new Kubeconfig(cluster.text("server"), context.text("namespace", "default"), tls(cluster, user),
                    user.text("token"));
        } catch (IOException e) {
            throw new CommandFailure("error: cannot read kubeconfig " + file + ": " + e.getClass().getSimpleName()
                    + "; is k3s server running? another file is given with --kubeconfig or KUBECONFIG");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CommandFailure("error: kubeconfig " + file + " is damaged: " + e.getMessage());
        }
    }

    private static SSLContext tls(Struct cluster, Struct user) throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        int n = 0;
        for (X509Certificate c : Pem.certificates(pem(cluster, "certificate-authority"))) {
            trusted.setCertificateEntry("ca" + n++, c);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = empty();
        String certificate = pem(user, "client-certificate");
        if (!certificate.isEmpty()) {
            List<X509Certificate> chain = Pem.certificates(certificate);
            PrivateKey key = Pem.keys(pem(user, "client-key")).getFirst().secret();
            own.setKeyEntry("user", key, new char[0], chain.toArray(X509Certificate[]::new));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        // PKCS #12 would derive a key from the password, by ten thousand rounds, to seal what is in memory only
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }

    private static String pem(Struct holder, String field) throws IOException {
        String data = holder.text(field + "-data");
        return !data.isEmpty() ? new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII)
                : holder.has(field) ? Files.readString(Path.of(holder.text(field))) : "";
    }
}
