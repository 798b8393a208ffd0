package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Optional;

/// A private key as it was found in a file. That both halves belong together was not checked.
///
/// @param secret what signs
/// @param open its public half, empty when the file does not tell
public record LoadedKey(PrivateKey secret, Optional<PublicKey> open) {
    /// Both halves, when both are known.
    public Optional<KeyPair> pair() {
        return open.map(known -> new KeyPair(known, secret));
    }

    /// Whether this is the secret half of `wanted`. Where the file tells the public half, the two are compared; else by
    /// a signature, as [#signsFor].
    public boolean belongsTo(PublicKey wanted) {
        return open.map(wanted::equals).orElseGet(() -> signsFor(wanted));
    }

    /// Whether what the secret signs is verified by `wanted`: a signature is made and checked, which holds for every
    /// kind of key that authorities have, and costs a cold process some ten milliseconds.
    boolean signsFor(PublicKey wanted) {
        String algorithm = wanted.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        byte[] probe = "k3s".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(wanted);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException other) {
            return false;
        }
    }
}
