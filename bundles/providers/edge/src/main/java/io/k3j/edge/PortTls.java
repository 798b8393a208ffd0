package io.k3j.edge;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.edgeapi.ListenerIdentity.Certified;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS of one port: the certificate source, which is asked in each handshake, and the `SSLContext` for session
/// resumption. A new set of client authorities makes a new context, so that no session outlives the authority that
/// verified it.
///
/// While the certificate source is swapped, its last certificate and authorities stay in use.
final class PortTls implements PortKeys.Source {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final int SESSION_SECONDS = 3600;

    /// @param clients whose certificates say who they are
    /// @param proxies whose certificates let them say for whom they ask
    private record Authorities(List<X509Certificate> clients, List<X509Certificate> proxies) {
        static Authorities of(ListenerIdentity identity) {
            return new Authorities(List.copyOf(identity.clientAuthorities()),
                    List.copyOf(identity.frontProxyAuthorities()));
        }
    }

    /// @param proxies null: there are none
    private record TlsContext(Authorities authorities, SSLContext context, X509TrustManager clients,
            @Nullable X509TrustManager proxies) {
    }

    private final TlsRules rules;
    private volatile @Nullable ListenerIdentity identity;
    private volatile @Nullable Certified lastCertified;
    private volatile @Nullable TlsContext current;

    PortTls(TlsRules rules) {
        this.rules = rules;
    }

    /// Sets or removes the certificate source.
    void identity(@Nullable ListenerIdentity inForce) {
        identity = inForce;
        if (inForce != null) {
            lastCertified = inForce.certified(Optional.empty());
            context(inForce);
        }
    }

    /// Whether handshakes are possible.
    boolean ready() {
        return current != null;
    }

    /// Creates the engine of a new connection.
    SSLEngine engine() {
        ListenerIdentity now = identity;
        SSLContext context = now == null ? lastContext() : context(now);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(rules.parameters());
        return engine;
    }

    /// Reports the server name that a client requested; the source may issue a certificate for it.
    void requested(String serverName) {
        ListenerIdentity now = identity;
        if (now != null) {
            now.asked(serverName);
        }
    }

    @Override
    public Certified certified(Optional<String> serverName) {
        ListenerIdentity now = identity;
        Certified found = now == null ? lastCertified : now.certified(serverName);
        if (found == null) {
            throw new IllegalStateException("no identity yet");
        }
        lastCertified = found;
        return found;
    }

    private SSLContext lastContext() {
        TlsContext last = current;
        if (last == null) {
            throw new IllegalStateException("no identity yet");
        }
        return last.context();
    }

    private SSLContext context(ListenerIdentity now) {
        Authorities authorities = Authorities.of(now);
        TlsContext last = current;
        if (last != null && last.authorities().equals(authorities)) {
            return last.context();
        }
        return make(authorities);
    }

    private synchronized SSLContext make(Authorities authorities) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            X509TrustManager clients = verifier(authorities.clients);
            X509TrustManager proxies = authorities.proxies.isEmpty() ? null : verifier(authorities.proxies);
            List<X509Certificate> named = new ArrayList<>(authorities.clients);
            named.addAll(authorities.proxies);
            context.init(new KeyManager[] {new PortKeys(this)}, new TrustManager[] {new ClientCertificates(named)},
                    null);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            current = new TlsContext(authorities, context, clients, proxies);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("cannot set up TLS", broken);
        }
    }

    /// Returns the chain of a client if a current authority verifies it now, else an empty list: the client is then
    /// anonymous unless its request authenticates otherwise.
    List<X509Certificate> verified(List<X509Certificate> shown) {
        TlsContext now = current;
        return now == null ? List.of() : verified(now.clients, shown);
    }

    /// The same of a front proxy, by the authorities for these; looked at only when one of them may have signed it.
    List<X509Certificate> frontProxy(List<X509Certificate> shown) {
        TlsContext now = current;
        if (now == null) {
            return List.of();
        }
        X509TrustManager proxies = now.proxies;
        List<X509Certificate> authorities = now.authorities.proxies;
        boolean mayBe = shown.stream().anyMatch(c -> authorities.stream()
                .anyMatch(a -> a.getSubjectX500Principal().equals(c.getIssuerX500Principal())));
        return proxies != null && mayBe ? verified(proxies, shown) : List.of();
    }

    private static List<X509Certificate> verified(X509TrustManager verifier, List<X509Certificate> shown) {
        if (shown.isEmpty()) {
            return List.of();
        }
        try {
            verifier.checkClientTrusted(shown.toArray(X509Certificate[]::new),
                    shown.getFirst().getPublicKey().getAlgorithm());
            return shown;
        } catch (CertificateException refused) {
            LOG.log(Level.DEBUG, "A client's certificate does not count", refused);
            return List.of();
        }
    }

    private static X509TrustManager verifier(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("authority-" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }
}
