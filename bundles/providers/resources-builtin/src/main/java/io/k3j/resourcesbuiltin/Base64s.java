package io.k3j.resourcesbuiltin;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Base64 encoding of texts, as `data` of a Secret holds them.
final class Base64s {
    private Base64s() {
    }

    static String of(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// What is encoded; nothing where it is no such encoding.
    static byte[] bytes(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
