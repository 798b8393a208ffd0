package io.k3j.sqllog;

import java.util.concurrent.atomic.AtomicLongArray;

/// Says of a name that no row has it, for sure; or that one may. A Bloom filter of fixed size: with a million names
/// it errs (towards "may") about twice in a thousand, with ten million it is of little use and commits look their
/// keys up. Names are never taken out; a restart begins anew.
final class KnownNames {
    /// 2 MiB of bits.
    private static final int LONGS = 1 << 18;
    /// So many bits for each name.
    private static final int PROBES = 4;
    private final AtomicLongArray bits = new AtomicLongArray(LONGS);
    /// Whether "no bit" means "no row"; false until the first scan is through.
    private volatile boolean complete;
    /// Set for good when rows were passed over.
    private volatile boolean doubted;

    /// To be called before a row of that name can be seen.
    /// Never taken back: a name whose row is gone costs a look-up, no more.
    void add(String name) {
        long hash = hash(name);
        for (int i = 0; i < PROBES; i++) {
            int bit = probe(hash, i);
            long mask = 1L << bit;
            if ((bits.get(bit >>> 6) & mask) == 0) {
                bits.accumulateAndGet(bit >>> 6, mask, (a, b) -> a | b);
            }
        }
    }

    /// From now on every name of the table is in here, unless that was doubted meanwhile.
    synchronized void complete() {
        complete = !doubted;
    }

    /// Rows may have come that were never seen here: nothing is sure any more.
    synchronized void doubt() {
        doubted = true;
        complete = false;
    }

    /// Whether no row has this name. False says nothing. Any thread, without a lock.
    boolean surelyUnused(String name) {
        if (!complete) {
            return false;
        }
        long hash = hash(name);
        for (int i = 0; i < PROBES; i++) {
            int bit = probe(hash, i);
            if ((bits.get(bit >>> 6) & 1L << bit) == 0) {
                return true;
            }
        }
        return false;
    }

    /// Double hashing: the step is odd, so that all places differ.
    private static int probe(long hash, int i) {
        return (int) (hash + i * (hash >>> 32 | 1)) & (LONGS * 64 - 1);
    }

    private static long hash(String name) {
        long h = name.hashCode() * 0x9E3779B97F4A7C15L ^ (long) name.length() << 17;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        return h ^ h >>> 29;
    }
}
