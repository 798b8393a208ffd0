package io.k3j.edge;

import io.k3j.edgeapi.ListenerIdentity.Certified;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Selects a certificate for each handshake.
final class PortKeys extends X509ExtendedKeyManager {
    /// The source of certificates.
    interface Source {
        /// The certificate for the server name asked for.
        Certified certified(Optional<String> serverName);
    }

    /// Bound on certificates kept between the two callbacks of a handshake, which select an alias and then fetch its
    /// chain and key.
    private static final int MAX_CHOSEN = 16;

    private final Source source;
    private final Map<String, Certified> chosen = new LinkedHashMap<>();

    PortKeys(Source source) {
        this.source = source;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers,
            @Nullable SSLEngine engine) {
        Certified certified = source.certified(serverName(engine));
        if (!certified.key().getAlgorithm().equals(keyType)) {
            return null;
        }
        String alias = certified.chain().getFirst().getSerialNumber().toString(16);
        synchronized (chosen) {
            chosen.put(alias, certified);
            if (chosen.size() > MAX_CHOSEN) {
                chosen.remove(chosen.keySet().iterator().next());
            }
        }
        return alias;
    }

    /// The server name (SNI) of a handshake, if the client sent one.
    static Optional<String> serverName(@Nullable SSLEngine engine) {
        if (engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            return first(session);
        }
        return Optional.empty();
    }

    /// The server name (SNI) of a session, if the client sent one.
    static Optional<String> first(ExtendedSSLSession session) {
        for (SNIServerName name : session.getRequestedServerNames()) {
            if (name instanceof SNIHostName host) {
                return Optional.of(host.getAsciiName());
            }
        }
        return Optional.empty();
    }

    private @Nullable Certified chosen(@Nullable String alias) {
        synchronized (chosen) {
            return chosen.get(alias);
        }
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        Certified certified = chosen(alias);
        return certified == null ? null : certified.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        Certified certified = chosen(alias);
        return certified == null ? null : certified.key();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers,
            @Nullable Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }
}
