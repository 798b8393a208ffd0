package io.k3j.encryption;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/// One way into rows and what stands in front of them: upstream's `PrefixTransformer`. Immutable.
abstract class Door {
    /// What provider rows of this way begin with.
    final String provider;
    /// What follows it in front of the sealed part: the key's name; empty for none.
    final String key;
    /// Both.
    final byte[] prefix;

    private Door(String provider, String key) {
        this.provider = provider;
        this.key = key;
        this.prefix = bytes(provider + key);
    }

    /// Those of a provider, in the order in which they are tried.
    static List<Door> of(RowProvider provider) {
        return switch (provider) {
            case Provider keys -> keys.keys().stream().<Door>map(key -> new Key(keys.kind(), key)).toList();
            case EnvelopeTransformer envelope -> List.of(new Away(envelope));
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// @throws SealUnavailable while there is no key
    abstract byte[] seal(String place, byte[] plain, RandomGenerator random);

    /// @param sealed what follows the prefix
    /// @throws UnreadableRow when this way does not lead in
    abstract byte[] open(String place, byte[] sealed);

    /// Whether a row of this way would be written so now.
    /// @param sealed what follows the prefix
    abstract boolean current(byte[] sealed);

    /// A key of the configuration.
    private static final class Key extends Door {
        private final Kind kind;
        private final byte[] secret;

        Key(Kind kind, EncryptionKey key) {
            super("k8s:enc:" + kind.word() + ":v1:", key.name() + ":");
            this.kind = kind;
            this.secret = key.bytes();
        }

        @Override
        byte[] seal(String place, byte[] plain, RandomGenerator random) {
            return switch (kind) {
                case AESCBC -> AesCbc.seal(secret, plain, random);
                case AESGCM -> AesGcm.seal(secret, bytes(place), plain, random);
                case SECRETBOX -> SecretBox.seal(secret, plain, random);
                case IDENTITY -> plain;
            };
        }

        @Override
        byte[] open(String place, byte[] sealed) {
            return switch (kind) {
                case AESCBC -> AesCbc.openObject(secret, sealed);
                case AESGCM -> AesGcm.open(secret, bytes(place), sealed);
                case SECRETBOX -> SecretBox.open(secret, sealed);
                case IDENTITY -> sealed;
            };
        }

        @Override
        boolean current(byte[] sealed) {
            return true;
        }
    }

    /// Somebody else's key.
    private static final class Away extends Door {
        private final EnvelopeTransformer envelope;

        Away(EnvelopeTransformer envelope) {
            super(envelope.prefix(), "");
            this.envelope = envelope;
        }

        @Override
        byte[] seal(String place, byte[] plain, RandomGenerator random) {
            return envelope.seal(place, plain);
        }

        @Override
        byte[] open(String place, byte[] sealed) {
            return envelope.open(place, sealed);
        }

        @Override
        boolean current(byte[] sealed) {
            return envelope.current(sealed);
        }
    }
}
