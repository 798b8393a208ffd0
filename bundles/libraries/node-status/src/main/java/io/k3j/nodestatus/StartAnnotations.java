package io.k3j.nodestatus;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/// How a node was started, in the annotations by which upgrade tools see that something has changed: arguments,
/// variables, and the hash of both in base 32 (<https://docs.k3s.io/upgrades/automated>).
///
/// Pure. Upgrade controllers and people compare these with what they know; nothing in the cluster depends on them.
final class StartAnnotations {
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS = 5;
    private static final int GROUP = 8;

    private StartAnnotations() {
    }

    /// From words and `NAME=value` pairs without secrets.
    /// @param words the command and its arguments; the caller has taken secrets out
    /// @param variables each with an equals sign
    /// @return by annotation; the same input gives the same hash
    static Map<String, String> of(List<String> words, List<String> variables) {
        String args = Json.text(Seq.copyOf(words));
        Struct pairs = Struct.EMPTY;
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            pairs = pairs.with(variable.substring(0, equals), variable.substring(equals + 1));
        }
        String env = Json.text(pairs);
        return Map.of("k3s.io/node-args", args, "k3s.io/node-env", env, "k3s.io/node-config-hash", hash(args + env));
    }

    private static String hash(String text) {
        try {
            return base32(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// RFC 4648, section 6, with padding. K3s writes the hash so; Java has no such encoder.
    static String base32(byte... bytes) {
        StringBuilder text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte b : bytes) {
            held = held << Byte.SIZE | Byte.toUnsignedInt(b);
            for (bits += Byte.SIZE; bits >= BITS; bits -= BITS) {
                text.append(DIGITS.charAt(held >> bits - BITS & DIGITS.length() - 1));
            }
            held &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(DIGITS.charAt(held << BITS - bits & DIGITS.length() - 1));
        }
        while (text.length() % GROUP != 0) {
            text.append('=');
        }
        return text.toString();
    }
}
