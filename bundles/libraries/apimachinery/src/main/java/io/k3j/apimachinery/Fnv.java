package io.k3j.apimachinery;

import java.nio.charset.StandardCharsets;

/// FNV-1a: a hash that is the same on every machine and in every release, for checksums, names and shares of work. Who
/// wants two texts with the same hash finds them, so it protects from accidents only. See
/// <http://www.isthe.com/chongo/tech/comp/fnv/>. Pure.
public final class Fnv {
    private static final int OFFSET_32 = 0x811c9dc5;
    private static final int PRIME_32 = 0x01000193;
    private static final long OFFSET_64 = 0xcbf29ce484222325L;
    private static final long PRIME_64 = 0x100000001b3L;

    private Fnv() {
    }

    /// Of 32 bits, so never negative.
    /// @param text hashed as UTF-8
    public static long hash32(String text) {
        int hash = OFFSET_32;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * PRIME_32;
        }
        return Integer.toUnsignedLong(hash);
    }

    /// Of 64 bits.
    public static long hash64(byte[] bytes) {
        long hash = OFFSET_64;
        for (byte b : bytes) {
            hash = (hash ^ b & 0xff) * PRIME_64;
        }
        return hash;
    }
}
