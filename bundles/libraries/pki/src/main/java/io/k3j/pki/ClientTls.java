package io.k3j.pki;

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

/// What a client needs for TLS: whom it trusts and, when it has one, its own certificate. Anyone who uses the context
/// must ask for endpoint identification, as `java.net.http` does by itself: else any certificate of these authorities
/// will do, that of another node included. Pure.
public final class ClientTls {
    private static final char[] NO_PASSWORD = new char[0];

    private ClientTls() {
    }

    /// A client's own chain and its key. Immutable; what belongs to which was not checked.
    ///
    /// @param chain leaf first
    /// @param key that of the leaf
    public record Own(List<X509Certificate> chain, PrivateKey key) {
        /// Copies the chain.
        public Own {
            chain = List.copyOf(chain);
        }
    }

    /// A context that trusts these authorities and no other; not those of the machine.
    ///
    /// @param authorities none trusts nobody
    /// @param own shown when the server asks; empty shows nothing
    /// @return to be shared by the connections of one client, so that sessions are resumed
    /// @throws IllegalArgumentException when chain and key cannot be used
    public static SSLContext trusting(List<X509Certificate> authorities, Optional<Own> own) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted(authorities));
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(owned(own), NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalArgumentException("certificates cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    private static KeyStore trusted(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        return store;
    }

    private static KeyStore owned(Optional<Own> own) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        if (own.isPresent()) {
            X509Certificate[] chain = own.get().chain().toArray(X509Certificate[]::new);
            store.setKeyEntry("own", own.get().key(), NO_PASSWORD, chain);
        }
        return store;
    }

    /// In memory only; its password protects nothing. Of the older type: PKCS #12 would derive a key of its own from
    /// that password by ten thousand rounds, with each entry and again with handshakes.
    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }
}
