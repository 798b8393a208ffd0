package io.k3j.networkpolicy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names of chains, sets and counters made from what they hold. Who writes policies chooses the content, so the hash is
/// one that nobody can find two contents for.
final class ContentName {
    private static final int BYTES = 12;

    private ContentName() {
    }

    /// 24 hexadecimal digits.
    static String of(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
