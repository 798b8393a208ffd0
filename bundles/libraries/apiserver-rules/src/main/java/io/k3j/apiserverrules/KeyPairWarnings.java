package io.k3j.apiserverrules;

import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What is said of a certificate and a private key that no server can use together, in the words of Go's
/// `tls.X509KeyPair`, which upstream's warnings for Secrets repeat. Pure; any thread.
public final class KeyPairWarnings {
    private static final String KEY = "PRIVATE KEY";

    private KeyPairWarnings() {
    }

    /// The warning for a pair; empty for one that fits. No part of a key is in it.
    ///
    /// @param certificates PEM; the first one is the server's
    /// @param key PEM
    public static List<String> of(String certificates, String key) {
        List<String> found = types(certificates);
        List<String> keys = types(key);
        if (!found.contains(Pem.CERTIFICATE)) {
            return List.of(noCertificate(found));
        }
        if (keys.stream().noneMatch(KeyPairWarnings::isKey)) {
            return List.of(noKey(keys));
        }
        return misfit(certificates, key);
    }

    private static boolean isKey(String type) {
        return type.equals(KEY) || type.endsWith(" " + KEY);
    }

    /// Of damaged PEM nothing counts.
    private static List<String> types(String pem) {
        try {
            return Pem.decode(pem).stream().map(Pem.Block::type).toList();
        } catch (IllegalArgumentException damaged) {
            return List.of();
        }
    }

    private static String noCertificate(List<String> found) {
        if (found.isEmpty()) {
            return "tls: failed to find any PEM data in certificate input";
        }
        return found.size() == 1 && found.getFirst().endsWith(KEY)
                ? "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM"
                        + " inputs may have been switched"
                : "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the"
                        + " following types: [" + String.join(" ", found) + "]";
    }

    private static String noKey(List<String> found) {
        if (found.isEmpty()) {
            return "tls: failed to find any PEM data in key input";
        }
        return found.equals(List.of(Pem.CERTIFICATE))
                ? "tls: found a certificate rather than a key in the PEM for the private key"
                : "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM"
                        + " blocks of the following types: [" + String.join(" ", found) + "]";
    }

    private static List<String> misfit(String certificates, String key) {
        PublicKey open;
        try {
            List<X509Certificate> chain = Pem.certificates(certificates);
            open = chain.getFirst().getPublicKey();
        } catch (IllegalArgumentException unreadable) {
            return List.of("x509: malformed certificate");
        }
        List<LoadedKey> keys;
        try {
            keys = Pem.keys(key);
        } catch (IllegalArgumentException unreadable) {
            keys = List.of();
        }
        if (keys.isEmpty()) {
            return List.of("tls: failed to parse private key");
        }
        if (!keys.getFirst().secret().getAlgorithm().equals(open.getAlgorithm())) {
            return List.of("tls: private key type does not match public key type");
        }
        return keys.getFirst().belongsTo(open) ? List.of() : List.of("tls: private key does not match public key");
    }
}
