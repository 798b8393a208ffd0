package io.k3j.pki;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The password hash scrypt (RFC 7914), which the JDK lacks.
final class Scrypt {
    private static final int WORDS = 16;

    private Scrypt() {
    }

    /// The three parameters of RFC 7914: N, r and p. Takes `128 * N * r` bytes of memory meanwhile.
    record Cost(int cost, int blocks, int parallel) {
    }

    /// `length` bytes derived from a password.
    static byte[] derive(byte[] password, byte[] salt, Cost parameters, int length) {
        int blocks = parameters.blocks();
        int parallel = parameters.parallel();
        int blockBytes = 128 * blocks;
        byte[] mixed = pbkdf2(password, salt, blockBytes * parallel);
        int[] block = new int[32 * blocks];
        for (int i = 0; i < parallel; i++) {
            load(mixed, i * blockBytes, block);
            mix(block, parameters.cost(), blocks);
            store(block, mixed, i * blockBytes);
        }
        return pbkdf2(password, mixed, length);
    }

    private static void mix(int[] block, int cost, int blocks) {
        int size = block.length;
        int[] table = new int[size * cost];
        int[] scratch = new int[size];
        for (int i = 0; i < cost; i++) {
            System.arraycopy(block, 0, table, i * size, size);
            mixBlock(block, scratch, blocks);
        }
        for (int i = 0; i < cost; i++) {
            int from = (block[size - WORDS] & cost - 1) * size;
            for (int k = 0; k < size; k++) {
                block[k] ^= table[from + k];
            }
            mixBlock(block, scratch, blocks);
        }
        Arrays.fill(table, 0);
    }

    private static void mixBlock(int[] block, int[] scratch, int blocks) {
        int[] x = Arrays.copyOfRange(block, block.length - WORDS, block.length);
        for (int i = 0; i < 2 * blocks; i++) {
            for (int k = 0; k < WORDS; k++) {
                x[k] ^= block[i * WORDS + k];
            }
            salsa(x);
            int to = (i / 2 + (i % 2) * blocks) * WORDS;
            System.arraycopy(x, 0, scratch, to, WORDS);
        }
        System.arraycopy(scratch, 0, block, 0, block.length);
    }

    private static void salsa(int[] block) {
        int[] x = block.clone();
        for (int round = 0; round < 4; round++) {
            quarter(x, 0, 4, 8, 12);
            quarter(x, 5, 9, 13, 1);
            quarter(x, 10, 14, 2, 6);
            quarter(x, 15, 3, 7, 11);
            quarter(x, 0, 1, 2, 3);
            quarter(x, 5, 6, 7, 4);
            quarter(x, 10, 11, 8, 9);
            quarter(x, 15, 12, 13, 14);
        }
        for (int i = 0; i < WORDS; i++) {
            block[i] += x[i];
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }

    private static void load(byte[] from, int at, int[] block) {
        for (int i = 0; i < block.length; i++) {
            int k = at + 4 * i;
            block[i] = from[k] & 0xff | (from[k + 1] & 0xff) << 8 | (from[k + 2] & 0xff) << 16 | from[k + 3] << 24;
        }
    }

    private static void store(int[] block, byte[] to, int at) {
        for (int i = 0; i < block.length; i++) {
            int k = at + 4 * i;
            to[k] = (byte) block[i];
            to[k + 1] = (byte) (block[i] >>> 8);
            to[k + 2] = (byte) (block[i] >>> 16);
            to[k + 3] = (byte) (block[i] >>> 24);
        }
    }

    /// PBKDF2 with HMAC-SHA-256 and a single iteration. The JDK's takes no empty passwords, and only characters.
    private static byte[] pbkdf2(byte[] password, byte[] salt, int length) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
            byte[] derived = new byte[length];
            for (int block = 1, at = 0; at < length; block++, at += mac.getMacLength()) {
                mac.update(salt);
                mac.update(
                        new byte[] {(byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block});
                byte[] part = mac.doFinal();
                System.arraycopy(part, 0, derived, at, Math.min(part.length, length - at));
            }
            return derived;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
