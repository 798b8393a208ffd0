package io.k3j.pki;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.SCrypt;

/// The secret by which a node proves, when it asks for certificates again, that it is still the same machine, and the
/// hash of it that the cluster keeps: `$1:<salt hex>:15:8:1:<base64>`, scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 1 and
/// 64 bytes, as K3s writes it. Hashing takes some 100 ms and 32 MiB, so whoever answers a network bounds how many are
/// hashed at once. Pure; any thread.
public final class NodePassword {
    private static final String VERSION = "$1";
    private static final int SALT_BYTES = 8;
    /// Of new hashes; those that are checked say their own.
    private static final int LOG_COST = 15;
    private static final int BLOCKS = 8;
    private static final int PARALLEL = 1;
    private static final int HASH_BYTES = 64;
    private static final int FIELDS = 6;
    /// The dearest hash that is checked takes 256 MiB: the hash is a Secret, which somebody may have written.
    private static final int MAX_LOG_COST = 17;
    private static final int MAX_BLOCKS = 16;
    private static final int MAX_PARALLEL = 16;
    private static final int SECRET_BYTES = 16;

    private NodePassword() {
    }

    /// A new password: 32 hex digits, as K3s makes them.
    ///
    /// @param random fit for cryptography
    public static String random(RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /// The hash to keep; another one each time.
    public static String hash(String password, RandomGenerator random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        String hex = HexFormat.of().formatHex(salt);
        byte[] derived = derive(password, hex, new Cost(1 << LOG_COST, BLOCKS, PARALLEL), HASH_BYTES);
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(derived);
        return VERSION + ":" + hex + ":" + LOG_COST + ":" + BLOCKS + ":" + PARALLEL + ":" + encoded;
    }

    /// Whether a password fits a hash that was kept. Compares in constant time.
    /// @throws IllegalArgumentException when the hash is of another form, or would be too dear to check
    public static boolean matches(String password, String hash) {
        String[] fields = hash.split(":");
        if (fields.length != FIELDS || !fields[0].equals(VERSION)) {
            throw new IllegalArgumentException("unknown hash format");
        }
        int logCost = bounded(fields[2], MAX_LOG_COST);
        byte[] kept = Base64.getDecoder().decode(fields[5]);
        Cost cost = new Cost(1 << logCost, bounded(fields[3], MAX_BLOCKS), bounded(fields[4], MAX_PARALLEL));
        byte[] derived = derive(password, fields[1], cost, kept.length);
        return MessageDigest.isEqual(kept, derived);
    }

    /// @throws IllegalArgumentException for what is no number, too
    private static int bounded(String field, int most) {
        int value = Integer.parseInt(field);
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("hash is too costly to check");
        }
        return value;
    }

    // the salt is the text of its hex digits, not the bytes they stand for
    private static byte[] derive(String password, String salt, Cost cost, int length) {
        return SCrypt.generate(password.getBytes(StandardCharsets.UTF_8), salt.getBytes(StandardCharsets.UTF_8),
                cost.cost(), cost.blocks(), cost.parallel(), length);
    }

    /// The three parameters of RFC 7914: N, r and p. Takes `128 * N * r` bytes of memory meanwhile.
    private record Cost(int cost, int blocks, int parallel) {
    }
}
