package io.k3j.webhookclient;

import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Whom a client of a kubeconfig believes and what it shows. Pure.
/// @param blind whether anybody is believed
/// @param believes whether authorities are given; else those of Java count
/// @param shows whether a certificate is given
/// @param cluster its name, for messages
/// @param user its name, for messages
record KubeconfigTls(boolean blind, boolean believes, boolean shows, String cluster, String user) {
    /// Made of PEM.
    /// @param texts authorities, chain and key
    /// @throws IllegalArgumentException for what cannot be used
    SSLContext context(List<String> texts) {
        List<X509Certificate> authorities = Pem.certificates(texts.getFirst());
        if (believes && authorities.isEmpty()) {
            throw new IllegalArgumentException("unable to load root certificates: no certificate of cluster \""
                    + cluster + "\"");
        }
        Optional<ClientTls.Own> own = shows ? Optional.of(own(user, texts.subList(1, texts.size())))
                : Optional.empty();
        if (blind) {
            return own.map(ClientTls::trustingAnybody).orElseGet(Trust::anybody);
        }
        return authorities.isEmpty() ? machine(own) : ClientTls.trusting(authorities, own);
    }

    private static SSLContext machine(Optional<ClientTls.Own> own) {
        try {
            return own.isPresent() ? ClientTls.trustingMachine(own.get()) : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// A certificate with its key.
    /// @param user its name, for messages
    /// @param texts chain and key, PEM
    /// @throws IllegalArgumentException for what is none, or does not belong together
    static ClientTls.Own own(String user, List<String> texts) {
        List<X509Certificate> chain = Pem.certificates(texts.getFirst());
        List<LoadedKey> keys = Pem.keys(texts.getLast());
        if (chain.isEmpty() || keys.isEmpty()) {
            throw new IllegalArgumentException("no certificate or no key of user \"" + user + "\"");
        }
        LoadedKey key = keys.getFirst();
        if (!fits(key, chain.getFirst())) {
            throw new IllegalArgumentException("tls: private key does not match public key");
        }
        return new ClientTls.Own(chain, key.secret());
    }

    /// Of other kinds than RSA and elliptic ones (Ed25519) that is found out by the server.
    private static boolean fits(LoadedKey key, X509Certificate certificate) {
        String kind = certificate.getPublicKey().getAlgorithm();
        return !kind.equals("RSA") && !kind.equals("EC") || key.belongsTo(certificate.getPublicKey());
    }
}
