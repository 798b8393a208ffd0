package io.k3j.edge;

import io.k3j.edgeapi.ListenerIdentity;
import io.k3j.edgeapi.ListenerIdentity.Certified;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS of one port: the identity of the moment, asked anew for each handshake, and the context that
/// lets clients resume sessions. A new set of client authorities makes a new context, so no session
/// outlives the authority that vouched for it.
///
/// When the identity's bundle is being replaced, the last answers it gave go on counting.
final class PortTls implements PortKeys.Source {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final int SESSION_SECONDS = 3600;

    private record Made(List<X509Certificate> authorities, SSLContext context, X509TrustManager judge) {
    }

    private final TlsRules rules;
    private volatile @Nullable ListenerIdentity identity;
    private volatile @Nullable Certified lastCertified;
    private volatile @Nullable Made made;

    PortTls(TlsRules rules) {
        this.rules = rules;
    }

    /// Sets the identity in force, or takes it away.
    void identity(@Nullable ListenerIdentity inForce) {
        identity = inForce;
        if (inForce != null) {
            lastCertified = inForce.certified(Optional.empty());
            context(inForce);
        }
    }

    /// Whether handshakes are possible.
    boolean ready() {
        return made != null;
    }

    /// An engine for one new connection.
    SSLEngine engine() {
        ListenerIdentity now = identity;
        SSLContext context = now == null ? lastContext() : context(now);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(rules.parameters());
        return engine;
    }

    /// Tells the identity what a client asked for.
    void asked(String serverName) {
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
        Made last = made;
        if (last == null) {
            throw new IllegalStateException("no identity yet");
        }
        return last.context();
    }

    private SSLContext context(ListenerIdentity now) {
        List<X509Certificate> authorities = now.clientAuthorities();
        Made last = made;
        if (last != null && last.authorities().equals(authorities)) {
            return last.context();
        }
        return make(authorities);
    }

    private synchronized SSLContext make(List<X509Certificate> authorities) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            X509TrustManager judge = judge(authorities);
            context.init(new KeyManager[] {new PortKeys(this)}, new TrustManager[] {new Shown(judge)}, null);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            made = new Made(List.copyOf(authorities), context, judge);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("cannot set up TLS", broken);
        }
    }

    /// The chain a client has shown, if an authority of now vouches for it now; else none, so that the client is nobody
    /// unless its request proves otherwise.
    List<X509Certificate> believed(List<X509Certificate> shown) {
        Made now = made;
        if (now == null || shown.isEmpty()) {
            return List.of();
        }
        try {
            now.judge().checkClientTrusted(shown.toArray(X509Certificate[]::new),
                    shown.getFirst().getPublicKey().getAlgorithm());
            return shown;
        } catch (CertificateException refused) {
            LOG.log(Level.DEBUG, "a client's certificate does not count", refused);
            return List.of();
        }
    }

    private static X509TrustManager judge(List<X509Certificate> authorities)
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
