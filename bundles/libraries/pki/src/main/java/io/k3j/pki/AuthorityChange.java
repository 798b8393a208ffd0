package io.k3j.pki;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether an authority may take the place of another one, by K3s' rules for `k3s certificate rotate-ca`. Pure. Texts
/// are PEM, as they lie in files; the first certificate is that of the authority, what follows leads to its root.
public final class AuthorityChange {
    /// More steps than any chain has; certificates may be signed in a circle.
    private static final int LONGEST_CHAIN = 10;

    private AuthorityChange() {
    }

    /// Whether a certificate file can be used with a key file at all.
    /// @return what is wrong, empty when nothing is
    public static Optional<String> unusable(String certificates, String key) {
        try {
            List<X509Certificate> chain = Pem.certificates(certificates);
            List<LoadedKey> keys = Pem.keys(key);
            if (chain.isEmpty() || keys.isEmpty()) {
                return Optional.of("the certificate or its key is missing");
            }
            if (chain.getFirst().getBasicConstraints() < 0) {
                return Optional.of("the first certificate is not that of an authority");
            }
            return keys.getFirst().signsFor(chain.getFirst().getPublicKey()) ? Optional.empty()
                    : Optional.of("the key does not belong to the first certificate");
        } catch (IllegalArgumentException damaged) {
            return Optional.of(String.valueOf(damaged.getMessage()));
        }
    }

    /// Whether those who trust the old chain will trust what the new authority signs: it has to lead to a root of the
    /// old chain, by intermediates of either.
    ///
    /// @param before the old chain
    /// @param after the new one, which [#unusable] had nothing against
    /// @return what is wrong in K3s' words, empty when nothing is
    /// @throws IllegalArgumentException when one of them cannot be read
    public static Optional<String> disruptive(String before, String after, Instant now) {
        List<X509Certificate> old = Pem.certificates(before);
        List<X509Certificate> fresh = Pem.certificates(after);
        if (fresh.size() == 1) {
            return Optional.of("new CA bundle contains only a single certificate but should include root or"
                    + " intermediate CA certificates");
        }
        List<X509Certificate> roots = old.stream().filter(one -> issued(one, one)).toList();
        List<X509Certificate> between = new ArrayList<>(old);
        between.addAll(fresh.subList(1, fresh.size()));
        return leads(fresh.getFirst(), roots, between, now) ? Optional.empty()
                : Optional.of("new CA cert cannot be verified using old CA chain");
    }

    /// Goes up by all ways at once, one step each time: cross-signed authorities have several.
    private static boolean leads(X509Certificate from, List<X509Certificate> roots, List<X509Certificate> between,
            Instant now) {
        Set<X509Certificate> reached = new HashSet<>(Set.of(from));
        for (int step = 0; step < LONGEST_CHAIN; step++) {
            Set<X509Certificate> above = new HashSet<>();
            for (X509Certificate one : reached) {
                if (!valid(one, now)) {
                    continue;
                }
                if (roots.stream().anyMatch(root -> root.equals(one) || valid(root, now) && issued(root, one))) {
                    return true;
                }
                between.stream().filter(candidate -> issued(candidate, one)).forEach(above::add);
            }
            reached = above;
        }
        return false;
    }

    /// In force, and an authority.
    private static boolean valid(X509Certificate one, Instant now) {
        return !one.getNotBefore().after(Date.from(now)) && !one.getNotAfter().before(Date.from(now))
                && one.getBasicConstraints() >= 0;
    }

    /// By name and by signature: a new authority may have the name of the old one.
    private static boolean issued(X509Certificate issuer, X509Certificate subject) {
        if (!subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            subject.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException otherIssuer) {
            return false;
        }
    }

    /// Whether tokens signed with the first old key of service accounts stay valid: the new file has to hold it
    /// somewhere.
    ///
    /// @param before the old file, with a key in it
    /// @param after the new one
    /// @return what is wrong in K3s' words, empty when nothing is
    public static Optional<String> forgotten(String before, String after) {
        try {
            PublicKey signing = open(Pem.keys(before).getFirst());
            return Pem.keys(after).stream().map(AuthorityChange::open).filter(Objects::nonNull)
                    .anyMatch(key -> key.equals(signing)) ? Optional.empty()
                            : Optional.of("old ServiceAccount signing key not in new ServiceAccount key list");
        } catch (IllegalArgumentException damaged) {
            return Optional.of(String.valueOf(damaged.getMessage()));
        }
    }

    private static @Nullable PublicKey open(LoadedKey key) {
        return key.open().orElse(null);
    }
}
