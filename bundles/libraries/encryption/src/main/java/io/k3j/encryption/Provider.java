package io.k3j.encryption;

import java.util.List;

/// One provider of the configuration: a way to encrypt, and its keys. Immutable.
///
/// @param kind the way
/// @param keys the first one seals, all open; none for `identity`
public record Provider(Kind kind, List<EncryptionKey> keys) implements RowProvider {
    /// Not encrypted.
    public static final Provider IDENTITY = new Provider(Kind.IDENTITY, List.of());

    /// The ways there are.
    public enum Kind {
        /// AES-CBC with PKCS #7 padding.
        AESCBC("aescbc", "AES-CBC"),
        /// AES-GCM, bound to where the row lies.
        AESGCM("aesgcm", "AES-GCM"),
        /// XSalsa20 and Poly1305.
        SECRETBOX("secretbox", "XSalsa20-POLY1305"),
        /// Plain.
        IDENTITY("identity", "");

        private final String word;
        private final String label;

        Kind(String word, String label) {
            this.word = word;
            this.label = label;
        }

        /// The name in the file, in the flag and in front of rows.
        public String word() {
            return word;
        }

        /// The name `k3s secrets-encrypt status` shows.
        public String label() {
            return label;
        }

        /// By its name, of those that `k3s secrets-encrypt` has.
        /// @throws IllegalArgumentException listing the names there are
        public static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind != AESGCM && kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("encryption provider " + word
                    + " is not supported; use aescbc or secretbox");
        }
    }

    /// Checks the keys.
    /// @throws IllegalArgumentException when a key has the wrong length
    public Provider {
        keys = List.copyOf(keys);
        if (kind != Kind.IDENTITY && keys.isEmpty()) {
            throw new IllegalArgumentException("the encryption provider " + kind.word + " has no keys");
        }
        for (EncryptionKey key : keys) {
            int length = key.bytes().length;
            boolean right = kind == Kind.SECRETBOX ? length == 32 : length == 16 || length == 24 || length == 32;
            if (!right) {
                throw new IllegalArgumentException("the encryption key " + key.name() + " has " + length
                        + " bytes; " + kind.word + " wants 32");
            }
        }
    }
}
