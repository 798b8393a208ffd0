package io.k3j.pki;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
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
}
