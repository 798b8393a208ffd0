package io.k3j.ingressresources;

import io.k3j.ingressrouting.HostTable;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.net.Socket;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Chooses a certificate for each handshake by the server name the client asks for. Connections that are open keep the
/// one they have, so a change ends none of them. Handshakes may ask on any thread; [#use] is for one.
public final class Certificates extends X509ExtendedKeyManager {
    private final ServedCertificate otherwise;
    /// The last one of each Secret that could be served: used on while the Secret is damaged.
    private Map<Key, ServedCertificate> good = new HashMap<>();
    private volatile HostTable<ServedCertificate> hosts = HostTable.of(Map.of());
    private volatile Map<String, ServedCertificate> aliases = Map.of();
    /// Of the change before: a handshake may be between its two questions.
    private volatile Map<String, ServedCertificate> older = Map.of();

    /// With one of its own for names without a certificate, which nobody trusts.
    public Certificates(InstantSource clock) {
        this.otherwise = ServedCertificate.unnamed(clock);
    }

    /// Serves these from the next handshake on.
    ///
    /// @param wanted the Secrets of each host: the first that can be served is
    /// @return what is wrong with which Secret; its last good certificate is served on
    public Map<Key, String> use(Map<String, List<Key>> wanted, Function<Key, Optional<Obj>> secrets) {
        Map<Key, String> problems = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        Map<Key, ServedCertificate> now = new HashMap<>();
        wanted.values().stream().flatMap(List::stream).distinct().forEach(
                secret -> load(secret, secrets.apply(secret), problems).ifPresent(c -> now.put(secret, c)));
        Map<String, ServedCertificate> named = new HashMap<>();
        Map<String, ServedCertificate> known = new HashMap<>();
        wanted.forEach((host, some) -> some.stream().flatMap(k -> Optional.ofNullable(now.get(k)).stream()).findFirst()
                .ifPresent(certificate -> {
                    named.put(host, certificate);
                    known.put(certificate.alias(), certificate);
                }));
        good = now;
        older = aliases;
        aliases = Map.copyOf(known);
        hosts = HostTable.of(named);
        return problems;
    }

    private Optional<ServedCertificate> load(Key key, Optional<Obj> secret, Map<Key, String> problems) {
        if (secret.isEmpty()) {
            problems.put(key, "Secret " + key + " of type kubernetes.io/tls does not exist");
            return Optional.empty();
        }
        ServedCertificate before = good.get(key);
        if (before != null && before.alias().equals(secret.get().uid() + "@" + secret.get().revision())) {
            return Optional.of(before);
        }
        try {
            return Optional.of(ServedCertificate.of(secret.get()));
        } catch (RuntimeException unusable) {
            // whatever a library says of what somebody wrote: it must not stop those of others
            problems.put(key, "Secret " + key + " cannot be served: " + unusable.getMessage()
                    + (before == null ? "" : "; the one before is served on"));
            return Optional.ofNullable(before);
        }
    }

    /// What a client that asks for a name is shown.
    ServedCertificate of(String serverName) {
        String plain = serverName.endsWith(".") ? serverName.substring(0, serverName.length() - 1) : serverName;
        return hosts.find(plain.toLowerCase(Locale.ROOT)).orElse(otherwise);
    }

    private static String serverName(@Nullable SSLEngine engine) {
        if (engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return "";
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers,
            @Nullable SSLEngine engine) {
        ServedCertificate found = of(serverName(engine));
        return found.key().getAlgorithm().equals(keyType) ? found.alias() : null;
    }

    private @Nullable ServedCertificate chosen(@Nullable String alias) {
        if (otherwise.alias().equals(alias)) {
            return otherwise;
        }
        ServedCertificate found = alias == null ? null : aliases.get(alias);
        return found != null || alias == null ? found : older.get(alias);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
        ServedCertificate found = chosen(alias);
        return found == null ? null : found.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
        ServedCertificate found = chosen(alias);
        return found == null ? null : found.key();
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
