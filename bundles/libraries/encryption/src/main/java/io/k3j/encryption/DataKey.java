package io.k3j.encryption;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A key of many rows, which a key service has encrypted and which lies so in each of them: upstream's data encryption
/// key. Seeds give each row a key of its own, so that no number of rows wears them out:
///
/// ```
/// seed, 32 random bytes ── HKDF-Expand, SHA-256 ──► key ── AES-GCM, bound to the row's place ──► row
/// ```
///
/// Immutable; any thread. Its text tells nothing.
public final class DataKey {
    /// Bytes of a seed, at least.
    public static final int SEED_BYTES = 32;
    private static final int INFO = 32;
    private static final int KEY = 32;
    private final byte[] secret;
    private final boolean seed;

    private DataKey(byte[] secret, boolean seed) {
        this.secret = secret.clone();
        this.seed = seed;
    }

    /// A seed; upstream's `HKDF_SHA256_XNONCE_AES_GCM_SEED`.
    /// @throws IllegalArgumentException when it is too short
    public static DataKey seed(byte[] secret) {
        if (secret.length < SEED_BYTES) {
            throw new IllegalArgumentException("a seed of " + secret.length + " bytes is too short");
        }
        return new DataKey(secret, true);
    }

    /// A key that opens rows as it is; upstream's `AES_GCM_KEY`, with which nothing is written any more.
    /// @throws IllegalArgumentException when AES has no such length
    public static DataKey key(byte[] secret) {
        if (secret.length != 16 && secret.length != 24 && secret.length != KEY) {
            throw new IllegalArgumentException("a key of " + secret.length + " bytes is none of AES");
        }
        return new DataKey(secret, false);
    }

    /// Seals with a key that only this content has.
    /// @throws IllegalStateException when it is no seed: its nonces would come again
    public byte[] seal(String place, byte[] plain, RandomGenerator random) {
        if (!seed) {
            throw new IllegalStateException("only seeds seal");
        }
        byte[] info = new byte[INFO];
        random.nextBytes(info);
        byte[] sealed = AesGcm.seal(derived(info), bytes(place), plain, random);
        byte[] all = Arrays.copyOf(info, INFO + sealed.length);
        System.arraycopy(sealed, 0, all, INFO, sealed.length);
        return all;
    }

    /// Opens what was sealed with this key or seed at this place.
    /// @throws UnreadableRow when it was not, or is damaged
    public byte[] open(String place, byte[] sealed) {
        if (!seed) {
            return AesGcm.open(secret, bytes(place), sealed);
        }
        if (sealed.length < INFO) {
            throw new UnreadableRow("it is damaged: too short");
        }
        return AesGcm.open(derived(Arrays.copyOf(sealed, INFO)), bytes(place),
                Arrays.copyOfRange(sealed, INFO, sealed.length));
    }

    /// Whether another one opens the same rows.
    public boolean same(DataKey other) {
        return seed == other.seed && MessageDigest.isEqual(secret, other.secret);
    }

    /// RFC 5869, section 2.3.
    byte[] derived(byte[] info) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "HKDF-PRK"), info, KEY));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static byte[] bytes(String place) {
        return place.getBytes(StandardCharsets.UTF_8);
    }
}
