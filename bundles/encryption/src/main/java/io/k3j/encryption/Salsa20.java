package io.k3j.encryption;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The stream cipher XSalsa20: HSalsa20 makes a key of the first 16 bytes of the nonce, Salsa20 does the rest.
final class Salsa20 {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] SIGMA = "expand 32-byte k".getBytes(StandardCharsets.US_ASCII);
    private static final int BLOCK = 64;
    private static final int ROUNDS = 20;
    /// Where constants and nonce stand in the state: what HSalsa20 gives out.
    private static final int[] OUT = {0, 5, 10, 15, 6, 7, 8, 9};

    private Salsa20() {
    }

    /// The first `length` bytes of the stream for a key of 32 and a nonce of 24 bytes.
    static byte[] extended(byte[] key, byte[] nonce, int length) {
        int[] first = state(key, Arrays.copyOf(nonce, 16));
        rounds(first);
        byte[] derived = new byte[key.length];
        for (int i = 0; i < OUT.length; i++) {
            WORD.set(derived, i * Integer.BYTES, first[OUT[i]]);
        }
        byte[] counted = Arrays.copyOf(Arrays.copyOfRange(nonce, 16, nonce.length), 16);
        int[] start = state(derived, counted);
        byte[] stream = new byte[length];
        byte[] block = new byte[BLOCK];
        for (int done = 0; done < length; done += BLOCK) {
            int[] mixed = start.clone();
            rounds(mixed);
            for (int i = 0; i < mixed.length; i++) {
                WORD.set(block, i * Integer.BYTES, mixed[i] + start[i]);
            }
            System.arraycopy(block, 0, stream, done, Math.min(BLOCK, length - done));
            if (++start[8] == 0) {
                start[9]++;
            }
        }
        return stream;
    }

    private static int[] state(byte[] key, byte[] input) {
        int[] state = new int[16];
        for (int i = 0; i < 4; i++) {
            state[5 * i] = word(SIGMA, i);
            state[1 + i] = word(key, i);
            state[11 + i] = word(key, 4 + i);
            state[6 + i] = word(input, i);
        }
        return state;
    }

    private static int word(byte[] bytes, int index) {
        return (int) WORD.get(bytes, index * Integer.BYTES);
    }

    private static void rounds(int[] x) {
        for (int round = 0; round < ROUNDS; round += 2) {
            quarter(x, 0, 4, 8, 12);
            quarter(x, 5, 9, 13, 1);
            quarter(x, 10, 14, 2, 6);
            quarter(x, 15, 3, 7, 11);
            quarter(x, 0, 1, 2, 3);
            quarter(x, 5, 6, 7, 4);
            quarter(x, 10, 11, 8, 9);
            quarter(x, 15, 12, 13, 14);
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }
}
