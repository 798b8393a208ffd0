package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.pki.Profile;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Component;

/// Authenticates client certificates: the common name is the user, each organization a group. The edge has
/// verified the chain against the listener's client authorities. The certificate by which API servers ask kubelets is
/// refused: whoever shows it here passes on a connection that was meant for a kubelet.
@Component(service = Authenticator.class, property = "service.ranking:Integer=300")
public final class CertificateAuthenticator implements Authenticator {
    static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";
    static final String ANY_USE = "2.5.29.37.0";
    /// Bound of the cache of certificates; it is cleared when full.
    private static final int MAX_CACHED = 1024;
    private final Map<X509Certificate, Optional<Caller>> known = new ConcurrentHashMap<>();

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        if (credentials.certificates().isEmpty()) {
            return Optional.empty();
        }
        X509Certificate leaf = credentials.certificates().getFirst();
        Optional<Caller> cached = known.get(leaf);
        if (cached != null) {
            return cached;
        }
        if (known.size() >= MAX_CACHED) {
            known.clear();
        }
        Optional<Caller> caller = read(leaf);
        known.put(leaf, caller);
        return caller;
    }

    private static Optional<Caller> read(X509Certificate leaf) throws BadCredential {
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            if (uses != null && !uses.contains(CLIENT_USE) && !uses.contains(ANY_USE)) {
                throw new BadCredential("certificate is not for clients serial=" + leaf.getSerialNumber());
            }
            List<String> names = SubjectName.values(leaf.getSubjectX500Principal(), "CN");
            if (names.contains(Profile.KUBELET_CLIENT)) {
                throw new BadCredential("certificate of " + Profile.KUBELET_CLIENT + " is for kubelets only serial="
                        + leaf.getSerialNumber());
            }
            List<String> groups = SubjectName.values(leaf.getSubjectX500Principal(), "O");
            return names.isEmpty() ? Optional.empty()
                    : Optional.of(new Caller(names.getLast(), "", groups,
                            Map.of("authentication.kubernetes.io/credential-id", List.of(id(leaf)))));
        } catch (CertificateException e) {
            throw new BadCredential("certificate cannot be read serial=" + leaf.getSerialNumber());
        }
    }

    private static String id(X509Certificate leaf) throws CertificateException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded());
            return "X509SHA256=" + HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(e);
        }
    }
}
