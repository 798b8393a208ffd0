package io.k3j.metricstext;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256, as upstream's metrics name issuers, servers and contents by it.
public final class Hashes {
    private Hashes() {
    }

    /// Of a text; empty for an empty one.
    public static String label(String text) {
        return label(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Of bytes; empty for none.
    public static String label(byte[] bytes) {
        return bytes.length == 0 ? "" : "sha256:" + HexFormat.of().formatHex(of(bytes));
    }

    /// Itself.
    public static byte[] of(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
