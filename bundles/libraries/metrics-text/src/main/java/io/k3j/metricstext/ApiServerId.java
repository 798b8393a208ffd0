package io.k3j.metricstext;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The identity of this API server as upstream makes it: `apiserver-` and half of the hash of the host's name and of
/// what it serves, in base 32. Its lease is called so; metrics show its hash.
public final class ApiServerId {
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String IDENTITY = "kube-apiserver";
    private static final int BYTES = 16;
    private static final int BITS = 5;

    private ApiServerId() {
    }

    /// The name of this machine; empty for one that has none.
    public static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unnamed) {
            return "";
        }
    }

    /// That of this machine.
    public static String ofHost() {
        return of(hostname());
    }

    /// That of a host.
    public static String of(String hostname) {
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        lengthPrefixed(hashed, hostname);
        lengthPrefixed(hashed, IDENTITY);
        byte[] hash = Hashes.of(hashed.toByteArray());
        StringBuilder id = new StringBuilder("apiserver-");
        int held = 0;
        int bits = 0;
        for (int i = 0; i < BYTES; i++) {
            held = held << Byte.SIZE | hash[i] & 0xff;
            bits += Byte.SIZE;
            while (bits >= BITS) {
                bits -= BITS;
                id.append(DIGITS.charAt(held >> bits & 0x1f));
            }
        }
        return bits == 0 ? id.toString() : id.append(DIGITS.charAt(held << BITS - bits & 0x1f)).toString();
    }

    /// Two bytes of length before it, so that no two pairs look the same.
    private static void lengthPrefixed(ByteArrayOutputStream to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.write(bytes.length >> Byte.SIZE);
        to.write(bytes.length);
        to.writeBytes(bytes);
    }
}
