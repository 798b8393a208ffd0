package io.k3j.flowcontrol;

import java.util.random.RandomGenerator;

/// Deals each flow a few of many queues, always the same ones, so that a flow that fills its queues shares all of them
/// with hardly any other (<https://aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding/>). The
/// hash has a key of this process: nobody can look for a name that shares a victim's queues. Immutable; any thread.
public final class ShuffleSharding {
    /// The most queues of a level.
    public static final int MOST_QUEUES = 10_000_000;
    /// How many bits of a hash there are to deal from; upstream's bound.
    public static final int MOST_BITS = 60;
    private static final int ROTATION = 23;
    private final long key;
    private final long seed;

    /// @param random of which nobody outside can know what it gave
    ShuffleSharding(RandomGenerator random) {
        this.key = random.nextLong() | 1;
        this.seed = random.nextLong();
    }

    /// The hash of a flow.
    long hash(String schema, String distinguisher) {
        return mixed(add(add(seed, schema) * key, distinguisher));
    }

    private long add(long hash, String text) {
        long h = hash;
        for (int i = 0; i < text.length(); i++) {
            h = Long.rotateLeft((h ^ text.charAt(i)) * key, ROTATION);
        }
        return h;
    }

    /// Every bit of the hash depends on every bit of `h` (the finalizer of MurmurHash3).
    private static long mixed(long h) {
        long x = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        x = (x ^ x >>> 33) * 0xc4ceb9fe1a85ec53L;
        return x ^ x >>> 33;
    }

    /// How many bits a hash needs so that every hand can be dealt; not told exactly beyond [#MOST_BITS].
    public static double bits(long queues, long hand) {
        double bits = 0;
        for (long i = 0; i < hand && bits <= MOST_BITS; i++) {
            bits += Math.log(queues - i) / Math.log(2);
        }
        return bits;
    }

    /// Deals distinct queues, each equally likely.
    /// @param hand is filled
    /// @param queues of so many, at least as many as `hand` has room for
    static void deal(long hash, int[] hand, int queues) {
        long left = hash >>> 1;
        for (int dealt = 0; dealt < hand.length; dealt++) {
            int rest = queues - dealt;
            int card = (int) (left % rest);
            left /= rest;
            int at = dealt;
            // the card is counted among those that are left; kept in order, each lower one moves it on
            for (int i = 0; i < dealt; i++) {
                if (hand[i] > card + i) {
                    at = i;
                    break;
                }
            }
            System.arraycopy(hand, at, hand, at + 1, dealt - at);
            hand[at] = card + at;
        }
    }
}
