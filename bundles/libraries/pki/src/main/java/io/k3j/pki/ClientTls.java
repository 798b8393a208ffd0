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
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

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
            return context(managers(trusted(authorities)), own);
        } catch (GeneralSecurityException | IOException unusable) {
            throw unusable(unusable);
        }
    }

    /// The same with the authorities of this machine.
    /// @throws IllegalArgumentException as [#trusting]
    public static SSLContext trustingMachine(Own own) {
        try {
            return context(managers(null), Optional.of(own));
        } catch (GeneralSecurityException | IOException unusable) {
            throw unusable(unusable);
        }
    }

    /// The same with whoever answers, for an operator who said so: who answers can use what is sent, but not the key.
    /// @throws IllegalArgumentException as [#trusting]
    public static SSLContext trustingAnybody(Own own) {
        try {
            return context(new TrustManager[] {Trust.blind()}, Optional.of(own));
        } catch (GeneralSecurityException | IOException unusable) {
            throw unusable(unusable);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    private static IllegalArgumentException unusable(Exception why) {
        return new IllegalArgumentException("certificates cannot be used: " + why.getMessage(), why);
    }

    private static SSLContext context(TrustManager[] trust, Optional<Own> own)
            throws GeneralSecurityException, IOException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(owned(own), NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust, null);
        return context;
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
