package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// How a cluster's bootstrap record lies in its datastore: under `/bootstrap/<12 hex digits of the token's SHA-256>`,
/// as `<salt>:<base64 of nonce and AES-256-GCM ciphertext>`, the key derived from the token's password by
/// PBKDF2-HMAC-SHA1 with 4096 rounds. K3s' format, byte for byte. What protects it is the length of the token: the
/// rounds are few and the datastore's key names part of its hash. Pure; any thread.
public final class BootstrapSeal {
    private static final String PREFIX = "/bootstrap/";
    private static final int KEY_DIGITS = 12;
    private static final int SALT_BYTES = 8;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    /// K3s' number: with another one neither product reads the other's record.
    private static final int ROUNDS = 4096;
    private static final int KEY_BITS = 256;

    private BootstrapSeal() {
    }

    /// The datastore key for a token's password. By it a server sees whether its token is the cluster's without opening
    /// anything.
    public static String key(String password) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(hash).substring(0, KEY_DIGITS);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// Encrypts. Each call gives other bytes.
    ///
    /// @param password that of the server token, not the whole token
    /// @param random fit for cryptography
    public static byte[] seal(String password, byte[] plain, RandomGenerator random) {
        byte[] saltBytes = new byte[SALT_BYTES];
        random.nextBytes(saltBytes);
        String salt = HexFormat.of().formatHex(saltBytes);
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] cipher = cipher(Cipher.ENCRYPT_MODE, password, salt, nonce).doFinal(plain);
            byte[] both = Arrays.copyOf(nonce, nonce.length + cipher.length);
            System.arraycopy(cipher, 0, both, nonce.length, cipher.length);
            return (salt + ":" + Base64.getEncoder().encodeToString(both)).getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// Decrypts.
    ///
    /// @param sealed the row's value
    /// @throws IllegalArgumentException when the password is another, or the record is damaged; in K3s' words
    public static byte[] open(String password, byte[] sealed) {
        String text = new String(sealed, StandardCharsets.US_ASCII);
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("bootstrap record is damaged");
        }
        byte[] both = Base64.getDecoder().decode(text.substring(colon + 1).strip());
        if (both.length < NONCE_BYTES) {
            throw new IllegalArgumentException("bootstrap record is damaged");
        }
        byte[] nonce = Arrays.copyOf(both, NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, password, text.substring(0, colon), nonce).doFinal(both, NONCE_BYTES,
                    both.length - NONCE_BYTES);
        } catch (GeneralSecurityException wrong) {
            throw new IllegalArgumentException("bootstrap data already found and encrypted with different token",
                    wrong);
        }
    }

    // the salt is the text of its hex digits, not the bytes they stand for
    private static Cipher cipher(int mode, String password, String salt, byte[] nonce) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt.getBytes(StandardCharsets.US_ASCII), ROUNDS,
                KEY_BITS);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1").generateSecret(spec).getEncoded();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }
}
