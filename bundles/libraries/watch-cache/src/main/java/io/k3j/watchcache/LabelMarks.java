package io.k3j.watchcache;

import io.k3j.codec.Json;
import io.k3j.model.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/// What can be said of an object's labels in 64 bits: each label sets one bit for its key and three for key and
/// value (a Bloom filter). An object without the bits of a label does not have it; one that has them may have it,
/// and its bytes are looked at. Labels do not depend on the kind, so a mark is right whatever is served.
///
/// A list with a label selector, as controllers and `kubectl -l` ask, so looks at a few words instead of all
/// objects ("Labels and Selectors"). Pure functions; any thread.
public final class LabelMarks {
    /// The mark of what has to be looked at in any case.
    static final long ANY = -1;
    /// 2^64 divided by the golden ratio (Fibonacci hashing): the upper bits of a product depend on all bits of the
    /// hash.
    private static final long MIX = 0x9E3779B97F4A7C15L;
    /// So many bits choose one of 64.
    private static final int BITS = 6;

    private LabelMarks() {
    }

    /// The mark of a stored object. Read from the bytes without decoding them.
    ///
    /// @param hole as [Item#holeIndex]; the labels are behind it
    /// @return [#ANY] when the bytes are not as expected: then the object itself decides
    static long of(byte[] stored, int hole) {
        long[] mark = new long[1];
        boolean told = Json.labels(stored, hole, (key, keyEnd, value, valueEnd) -> {
            int hash = hash(0, stored, key, keyEnd);
            mark[0] |= key(hash) | value(hash(hash, stored, value, valueEnd));
        });
        return told ? mark[0] : ANY;
    }

    /// The polynomial of `String.hashCode`, over bytes; object and selector must come to the same.
    private static int hash(int seed, byte[] bytes, int from, int to) {
        int hash = seed;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    private static long key(int hash) {
        return 1L << (hash * MIX >>> -BITS);
    }

    /// Three places from one product, by its upper bits, the next ones and those after them; one more than the
    /// hash, so that a label without a value does not fall on the place of its key.
    private static long value(int hash) {
        long mixed = (hash + 1) * MIX;
        return 1L << (mixed >>> -BITS) | 1L << (mixed >>> -2 * BITS) | 1L << (mixed >>> -3 * BITS);
    }

    /// What the mark of every object passes that a selector selects. One that passes need not be selected.
    ///
    /// @return without state; for [SnapshotTree#visit]
    public static LongPredicate probe(Selector labels) {
        List<LongPredicate> all = new ArrayList<>();
        for (Selector.Requirement r : labels.requirements()) {
            byte[] name = r.key().getBytes(StandardCharsets.UTF_8);
            int key = hash(0, name, 0, name.length);
            switch (r.operator()) {
                case IN -> all.add(oneOf(r.values().stream().mapToLong(v -> {
                    byte[] value = v.getBytes(StandardCharsets.UTF_8);
                    return key(key) | value(hash(key, value, 0, value.length));
                }).toArray()));
                case EXISTS, GREATER, LESS -> all.add(oneOf(key(key)));
                case NOT_IN, DOES_NOT_EXIST -> {
                    // anyone who lacks the bits is selected, who has them may be
                }
            }
        }
        return mark -> {
            for (LongPredicate p : all) {
                if (!p.test(mark)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static LongPredicate oneOf(long... masks) {
        return mark -> {
            for (long mask : masks) {
                if ((mark & mask) == mask) {
                    return true;
                }
            }
            return false;
        };
    }
}
