package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/// Authenticates whom a front proxy names in headers: upstream's request header authenticator with K3s' flags
/// (`--requestheader-client-ca-file=request-header-ca.crt`, `--requestheader-allowed-names=system:auth-proxy`, the
/// headers below). The edge has verified the chain against that authority alone. Who has another name, and a front
/// proxy that names nobody, is nobody here: others may know the token, or the certificate, where that authority vouches
/// for clients as well.
@Component(service = Authenticator.class, property = "service.ranking:Integer=400")
public final class FrontProxyAuthenticator implements Authenticator {
    private static final String ALLOWED = "system:auth-proxy";
    private static final String USER = "x-remote-user";
    private static final String UID = "x-remote-uid";
    private static final String GROUP = "x-remote-group";
    private static final String EXTRA = "x-remote-extra-";

    @Override
    public Optional<Caller> authenticate(Credentials credentials) {
        Proxied proxied = credentials.proxied();
        if (proxied.certificates().isEmpty() || !allowed(proxied.certificates().getFirst())) {
            return Optional.empty();
        }
        String user = first(proxied.headers(), USER);
        if (user.isEmpty()) {
            return Optional.empty();
        }
        List<String> groups = proxied.headers().getOrDefault(GROUP, List.of()).stream()
                .map(FrontProxyAuthenticator::text).filter(g -> !g.isEmpty()).toList();
        return Optional.of(new Caller(user, first(proxied.headers(), UID), groups, extra(proxied.headers())));
    }

    private static boolean allowed(X509Certificate leaf) {
        List<String> names = SubjectName.values(leaf.getSubjectX500Principal(), "CN");
        return !names.isEmpty() && names.getLast().equals(ALLOWED) && forClients(leaf);
    }

    private static boolean forClients(X509Certificate leaf) {
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            return uses == null || uses.contains(CertificateAuthenticator.CLIENT_USE)
                    || uses.contains(CertificateAuthenticator.ANY_USE);
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    private static String first(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of()).stream().map(FrontProxyAuthenticator::text)
                .filter(v -> !v.isEmpty()).findFirst().orElse("");
    }

    private static Map<String, List<String>> extra(Map<String, List<String>> headers) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            if (name.startsWith(EXTRA)) {
                extra.put(key(name.substring(EXTRA.length())),
                        values.stream().map(FrontProxyAuthenticator::text).toList());
            }
        });
        return extra;
    }

    /// Percent-encoded, as upstream's proxies write it; one that is not stands for itself. Header names have no case.
    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        try {
            return URLDecoder.decode(lower.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException plain) {
            return lower;
        }
    }

    /// The edge has read each byte as a character.
    private static String text(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
