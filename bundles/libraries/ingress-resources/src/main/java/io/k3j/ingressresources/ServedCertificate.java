package io.k3j.ingressresources;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A chain with its key, known to fit.
///
/// @param alias by which a handshake finds it again; another one for each
/// @param chain the leaf first
record ServedCertificate(String alias, List<X509Certificate> chain, PrivateKey key) {
    /// Certificates of one chain.
    static final int LONGEST_CHAIN = 10;
    /// Characters of a Secret's field; the API takes 1 MiB in all.
    static final int MOST_CHARACTERS = 512 * 1024;
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA",
            "EdDSA", "EdDSA");

    /// The certificate in a Secret of type `kubernetes.io/tls`.
    ///
    /// @throws IllegalArgumentException when it cannot be served; the message says why and holds nothing of the key
    static ServedCertificate of(Obj secret) {
        Struct data = secret.tree().struct("data");
        List<X509Certificate> chain = Pem.certificates(text(data, "tls.crt"));
        if (chain.isEmpty() || chain.size() > LONGEST_CHAIN) {
            throw new IllegalArgumentException("tls.crt has " + chain.size() + " certificates");
        }
        List<LoadedKey> keys = keys(text(data, "tls.key"));
        if (keys.size() != 1) {
            throw new IllegalArgumentException("tls.key has " + keys.size() + " keys");
        }
        PrivateKey key = keys.getFirst().secret();
        if (!fits(key, chain.getFirst().getPublicKey())) {
            throw new IllegalArgumentException("tls.key is not the key of the first certificate in tls.crt");
        }
        return new ServedCertificate(secret.uid() + "@" + secret.revision(), chain, key);
    }

    /// What is shown where no Secret is named: nobody trusts it, and everybody knows it from Traefik.
    static ServedCertificate unnamed(InstantSource clock) {
        SecureRandom random = new SecureRandom();
        KeyPair pair = Keys.elliptic();
        CertificateAuthority itself = CertificateAuthority.selfSigned("k3s-ingress", Keys.elliptic(), clock.instant(),
                random);
        return new ServedCertificate("default", List.of(itself.sign(
                Profile.server("TRAEFIK DEFAULT CERT", List.of("ingress.k3s.invalid"), List.of()), pair.getPublic(),
                clock.instant(), random)), pair.getPrivate());
    }

    private static List<LoadedKey> keys(String text) {
        try {
            return Pem.keys(text);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("tls.key cannot be read", unreadable);
        }
    }

    private static String text(Struct data, String field) {
        String encoded = data.text(field);
        if (encoded.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(field + " is longer than " + MOST_CHARACTERS + " characters");
        }
        return new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII);
    }

    private static boolean fits(PrivateKey key, PublicKey open) {
        String algorithm = SIGNATURES.get(open.getAlgorithm());
        if (algorithm == null) {
            throw new IllegalArgumentException("keys of type " + open.getAlgorithm() + " are not supported; use "
                    + "RSA, ECDSA or Ed25519");
        }
        try {
            byte[] challenge = "k3j".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(challenge);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(challenge);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
