package io.k3j.encryption;

import java.math.BigInteger;

/// The one-time authenticator Poly1305. Rows are small: plain arithmetic is fast enough.
final class Poly1305 {
    private static final int HALF = 16;
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(130).subtract(BigInteger.valueOf(5));
    private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", HALF);
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(128);

    private Poly1305() {
    }

    /// The tag of `message` from `offset` on, under a key of 32 bytes.
    static byte[] tag(byte[] key, byte[] message, int offset) {
        BigInteger r = number(key, 0, HALF, 0).and(CLAMP);
        BigInteger sum = BigInteger.ZERO;
        for (int at = offset; at < message.length; at += HALF) {
            int length = Math.min(HALF, message.length - at);
            sum = sum.add(number(message, at, length, 1)).multiply(r).mod(PRIME);
        }
        byte[] big = sum.add(number(key, HALF, HALF, 0)).mod(MODULUS).toByteArray();
        byte[] tag = new byte[HALF];
        for (int i = 0; i < HALF && i < big.length; i++) {
            tag[i] = big[big.length - 1 - i];
        }
        return tag;
    }

    /// Bytes in little endian, with `top` above them.
    private static BigInteger number(byte[] bytes, int offset, int length, int top) {
        byte[] big = new byte[length + 1];
        big[0] = (byte) top;
        for (int i = 0; i < length; i++) {
            big[length - i] = bytes[offset + i];
        }
        return new BigInteger(1, big);
    }
}
