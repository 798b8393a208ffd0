package io.k3j.jetcd;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS towards etcd: whom we trust and who we are.
public final class EtcdTls {
    private EtcdTls() {
    }

    /// Asked before each connection, so that certificates that were renewed or replaced are used with the next one.
    @FunctionalInterface
    public interface Source {
        /// @throws IOException when they cannot be read; the connection is tried again
        SSLContext context() throws IOException;
    }

    /// Our certificate, itself first, and its key.
    public record Identity(List<X509Certificate> chain, PrivateKey key) {
        /// Copies the chain.
        public Identity {
            chain = List.copyOf(chain);
        }
    }

    /// Names in certificates are checked by whoever connects.
    /// @param authorities whose servers are trusted; empty: those the machine trusts
    /// @param identity what we show when asked
    /// @throws IOException when the parts do not fit together
    public static SSLContext context(List<X509Certificate> authorities, Optional<Identity> identity)
            throws IOException {
        char[] none = new char[0];
        try {
            KeyStore trusted = empty();
            for (X509Certificate authority : authorities) {
                trusted.setCertificateEntry("ca-" + trusted.size(), authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities.isEmpty() ? null : trusted);
            KeyStore own = empty();
            if (identity.isPresent()) {
                own.setKeyEntry("client", identity.get().key(), none,
                        identity.get().chain().toArray(X509Certificate[]::new));
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS for etcd: " + e.getMessage(), e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        // PKCS #12 would derive a key from the password, by ten thousand rounds, to seal what is in memory only
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }
}
