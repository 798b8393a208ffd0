package io.k3j.servercredentials;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// One certificate with its key in files, and what it has to say. Any thread, one at a time per file.
/// @param certificate the chain in PEM: itself, then the authority's chain
/// @param key in PEM
/// @param issuer who signs it
/// @param profile names, usages and how long it is to last
record LeafCertificate(Path certificate, Path key, Issuer issuer, Profile profile) {
    /// With fewer days left than this a certificate is made again at start. K3s' own time. Leaves with a shorter life
    /// than 360 days are renewed when a third of it is left.
    static final Duration RENEWAL = Duration.ofDays(120);

    /// Kinds of alternative names by RFC 5280, as [X509Certificate#getSubjectAlternativeNames] numbers them.
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /// Keeps the files when they are still right, else makes both again. Says whether it did. A damaged file is an
    /// error, not a reason to make another: somebody may have put it there.
    /// @param now the time of day
    /// @throws IOException naming a file that cannot be read or written
    boolean ensure(Authorities authorities, Instant now, RandomGenerator random) throws IOException {
        Authorities.InForce inForce = authorities.inForce(issuer);
        if (!inForce.fresh() && upToDate(inForce, now)) {
            return false;
        }
        make(inForce.authority(), now, random);
        return true;
    }

    /// Makes both again, however long they would last.
    void renew(Authorities authorities, Instant now, RandomGenerator random) throws IOException {
        make(authorities.inForce(issuer).authority(), now, random);
    }

    /// A new key with each certificate. A crash between the two writes leaves a pair that does not fit; the next start
    /// sees it ([#upToDate]) and makes both again.
    private void make(CertificateAuthority authority, Instant now, RandomGenerator random) throws IOException {
        KeyPair pair = Keys.elliptic();
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(authority.sign(profile, pair.getPublic(), now, random));
        chain.addAll(authority.chain());
        PemFiles.write(key, pair);
        PemFiles.write(certificate, chain);
    }

    /// The chain has to be the authority's of now: after a rotation with a new root a client needs the new way to it.
    private boolean upToDate(Authorities.InForce inForce, Instant now) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        Optional<LoadedKey> secret = PemFiles.key(key);
        if (chain.isEmpty() || secret.isEmpty()) {
            return false;
        }
        X509Certificate leaf = chain.getFirst();
        if (!fits(secret.get(), leaf)) {
            return false;
        }
        Instant end = leaf.getNotAfter().toInstant();
        return end.isAfter(now.plus(min(RENEWAL, profile.validity().dividedBy(3)))) && says(leaf)
                && chain.subList(1, chain.size()).equals(inForce.authority().chain())
                && inForce.issued(leaf, certificate);
    }

    /// A file that does not tell the public half is taken: nothing says that the two do not belong together.
    private static boolean fits(LoadedKey secret, X509Certificate leaf) {
        return secret.open().isEmpty() || secret.open().get().equals(leaf.getPublicKey());
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// More names than are wanted are fine; fewer are not.
    private boolean says(X509Certificate leaf) {
        return leaf.getSubjectX500Principal().equals(profile.subject())
                && alternativeNames(leaf, DNS_NAME).containsAll(profile.dnsNames())
                && alternativeNames(leaf, IP_ADDRESS).containsAll(wantedAddresses());
    }

    private Set<String> wantedAddresses() {
        Set<String> addresses = new HashSet<>();
        for (InetAddress address : profile.addresses()) {
            addresses.add(address.getHostAddress());
        }
        return addresses;
    }

    /// Names and addresses of a certificate.
    /// @return empty for a certificate without any, or with some that cannot be read
    static Set<String> alternativeNames(X509Certificate leaf) {
        Set<String> names = new HashSet<>(alternativeNames(leaf, DNS_NAME));
        names.addAll(alternativeNames(leaf, IP_ADDRESS));
        return names;
    }

    private static Set<String> alternativeNames(X509Certificate leaf, int wanted) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> all = leaf.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (name.getFirst() instanceof Integer kind && kind == wanted) {
                    names.add(String.valueOf(name.get(1)));
                }
            }
        } catch (CertificateParsingException unreadable) {
            return Set.of();
        }
        return names;
    }
}
