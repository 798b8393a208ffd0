package io.k3j.encryption;

import java.util.Base64;
import java.util.random.RandomGenerator;

/// A named key. Immutable; its text is its name.
///
/// @param name stands in front of every row it has sealed, so it is never changed; not empty
/// @param secret the key in base64, as the file has it
public record EncryptionKey(String name, String secret) {
    /// Bytes of a key that is made here.
    public static final int BYTES = 32;

    /// Checks the form.
    /// @throws IllegalArgumentException naming the key
    public EncryptionKey {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an encryption key has no name");
        }
        try {
            Base64.getDecoder().decode(secret);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("the secret of the encryption key " + name + " is no base64",
                    malformed);
        }
    }

    /// A new one.
    public static EncryptionKey random(String name, RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new EncryptionKey(name, Base64.getEncoder().encodeToString(bytes));
    }

    /// The key itself.
    byte[] bytes() {
        return Base64.getDecoder().decode(secret);
    }

    /// Never the secret.
    @Override
    public String toString() {
        return name;
    }
}
