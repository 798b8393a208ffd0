package io.k3j.sqllog;

import java.util.concurrent.atomic.AtomicLongArray;

/// Says of a name that no row has it, for sure; or that one may. A Bloom filter of fixed size: with a million
/// names it errs (towards "may") about twice in a thousand, with ten million it is of little use and
/// commits look their keys up. Names are never taken out; a restart begins anew.
final class KnownNames {
    private static final int LONGS = 1 << 18;
    private static final int PROBES = 4;
    private final AtomicLongArray bits = new AtomicLongArray(LONGS);
    private volatile boolean complete;
    private volatile boolean doubted;

    /// To be called before a row of that name can be seen.
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

    private static int probe(long hash, int i) {
        return (int) (hash + i * (hash >>> 32 | 1)) & (LONGS * 64 - 1);
    }

    private static long hash(String name) {
        long h = name.hashCode() * 0x9E3779B97F4A7C15L ^ (long) name.length() << 17;
        h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
        return h ^ h >>> 29;
    }
}
