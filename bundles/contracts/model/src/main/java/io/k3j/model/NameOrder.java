package io.k3j.model;

import java.util.Arrays;
import java.util.Comparator;

/// The places of many names in the order of their hashes, those of one hash in the order of names. A client chooses how
/// many names there are and which: looking for one must not pass all others, and names of one hash must not either. Few
/// names, and many that are asked once, are searched one by one. Immutable; of two threads each may make its own.
final class NameOrder {
    /// Of few names, and of those that nobody has asked for.
    static final NameOrder NONE = new NameOrder(new long[0]);
    /// Up to so many names are searched one by one.
    private static final int SEARCHED = 32;
    private static final NameOrder ONCE = new NameOrder(new long[0]);
    /// A hash above, a place below: numbers are sorted and searched several times as fast as texts.
    private final long[] entries;

    private NameOrder(long[] entries) {
        this.entries = entries;
    }

    /// The order for one more question.
    static NameOrder asked(NameOrder before, String[] names) {
        if (names.length <= SEARCHED) {
            return NONE;
        }
        return before == NONE ? ONCE : before == ONCE ? new NameOrder(sorted(names)) : before;
    }

    private static long[] sorted(String[] names) {
        long[] all = new long[names.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) names[i].hashCode() << Integer.SIZE | i;
        }
        Arrays.sort(all);
        for (int from = 0; from < all.length;) {
            int to = from + 1;
            while (to < all.length && hash(all[to]) == hash(all[from])) {
                to++;
            }
            if (to - from > 1) {
                byName(all, from, to, names);
            }
            from = to;
        }
        return all;
    }

    private static void byName(long[] all, int from, int to, String[] names) {
        Long[] same = new Long[to - from];
        Arrays.setAll(same, i -> all[from + i]);
        Arrays.sort(same, Comparator.comparing(entry -> names[place(entry)]));
        for (int i = from; i < to; i++) {
            all[i] = same[i - from];
        }
    }

    private static int hash(long entry) {
        return (int) (entry >> Integer.SIZE);
    }

    private static int place(long entry) {
        return (int) entry;
    }

    /// The place of a name, -1 when it is not there.
    ///
    /// @param names those the order was made of
    int find(String[] names, String name) {
        if (entries.length == 0) {
            return search(names, name);
        }
        int hash = name.hashCode();
        int low = 0;
        int high = entries.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int compared = Integer.compare(hash(entries[middle]), hash);
            if (compared == 0) {
                compared = names[place(entries[middle])].compareTo(name);
            }
            if (compared == 0) {
                return place(entries[middle]);
            }
            low = compared < 0 ? middle + 1 : low;
            high = compared < 0 ? high : middle - 1;
        }
        return -1;
    }

    /// The place of a name, for those who pass all of them anyhow.
    static int search(String[] names, String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
