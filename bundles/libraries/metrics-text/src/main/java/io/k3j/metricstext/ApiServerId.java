package io.k3j.metricstext;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The identity of this API server as upstream makes it: `apiserver-` and half of the hash of the host's name, in base
/// 32. Metrics show its hash.
public final class ApiServerId {
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int BYTES = 16;
    private static final int BITS = 5;

    private ApiServerId() {
    }

    /// That of this machine.
    public static String ofHost() {
        try {
            return of(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        } catch (IOException unnamed) {
            return of("");
        }
    }

    /// That of a host.
    public static String of(String hostname) {
        byte[] hash = Hashes.of(hostname.getBytes(StandardCharsets.UTF_8));
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
}
