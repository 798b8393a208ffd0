package io.k3j.testkitbase;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Inputs that are nearly what a parser takes: seeds with up to four changes. One thread.
final class Mutations {
    private static final int LONGEST = 1 << 14;
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_PART = 64;
    private static final int MOST_REPEATED = 1 << 10;
    /// What has a meaning in the texts that are parsed.
    private static final byte[] MARKS = Fuzzing.texts("\"\\{}[],:;=.-+/*%@#&?!<>()'`~|$ \t\r\n\u0000059aeENnx_\u00fc")
            .getFirst();
    private final Random random;
    private final List<byte[]> seeds;

    Mutations(Random random, List<byte[]> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    byte[] next() {
        byte[] input = seed();
        for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
            input = changed(input);
        }
        return input;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] changed(byte[] input) {
        int from = random.nextInt(input.length + 1);
        int to = from + random.nextInt(Math.min(input.length - from, LONGEST_PART) + 1);
        byte[] part = Arrays.copyOfRange(input, from, to);
        return switch (random.nextInt(7)) {
            case 0 -> replaced(input, from, to, new byte[0]);
            case 1 -> Arrays.copyOf(input, from);
            case 2 -> replaced(input, from, to, repeated(part));
            case 3 -> replaced(input, from, to, other());
            case 4 -> replaced(input, from, from, new byte[] {mark()});
            case 5 -> replaced(input, from, Math.min(from + 1, input.length), new byte[] {mark()});
            default -> replaced(input, from, Math.min(from + 1, input.length), new byte[] {any()});
        };
    }

    private byte mark() {
        return MARKS[random.nextInt(MARKS.length)];
    }

    private byte any() {
        return (byte) random.nextInt(1 << Byte.SIZE);
    }

    /// A part of a seed.
    private byte[] other() {
        byte[] seed = seed();
        int from = random.nextInt(seed.length + 1);
        return Arrays.copyOfRange(seed, from, from + random.nextInt(seed.length - from + 1));
    }

    private byte[] repeated(byte[] part) {
        int times = 1 + random.nextInt(random.nextBoolean() ? MOST_REPEATED : 3);
        byte[] all = new byte[Math.min(part.length * times, LONGEST)];
        for (int i = 0; i < all.length; i++) {
            all[i] = part[i % part.length];
        }
        return all;
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        byte[] all = Arrays.copyOf(input, input.length - (to - from) + by.length);
        System.arraycopy(by, 0, all, from, by.length);
        System.arraycopy(input, to, all, from + by.length, input.length - to);
        return all.length > LONGEST ? Arrays.copyOf(all, LONGEST) : all;
    }
}
