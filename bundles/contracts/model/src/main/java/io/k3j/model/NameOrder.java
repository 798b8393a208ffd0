package io.k3j.model;

import java.util.Arrays;
import java.util.Comparator;

/// The places of many names in the order of names. A client chooses how many names there are and which: looking for one
/// must not pass all others, and names of one hash must not either. Few names, and many that are asked once, are
/// searched one by one. Immutable; of two threads each may make its own.
final class NameOrder {
    /// Of few names, and of those that nobody has asked for.
    static final NameOrder NONE = new NameOrder(new int[0]);
    /// Up to so many names are searched one by one.
    private static final int SEARCHED = 32;
    private static final NameOrder ONCE = new NameOrder(new int[0]);
    private final int[] places;

    private NameOrder(int[] places) {
        this.places = places;
    }

    /// The order for one more question.
    static NameOrder asked(NameOrder before, String[] names) {
        if (names.length <= SEARCHED) {
            return NONE;
        }
        return before == NONE ? ONCE : before == ONCE ? new NameOrder(sorted(names)) : before;
    }

    private static int[] sorted(String[] names) {
        Integer[] all = new Integer[names.length];
        Arrays.setAll(all, i -> i);
        Arrays.sort(all, Comparator.comparing(i -> names[i]));
        return Arrays.stream(all).mapToInt(Integer::intValue).toArray();
    }

    /// The place of a name, -1 when it is not there.
    ///
    /// @param names those the order was made of
    int find(String[] names, String name) {
        if (places.length == 0) {
            return search(names, name);
        }
        int low = 0;
        int high = places.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int compared = names[places[middle]].compareTo(name);
            if (compared == 0) {
                return places[middle];
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
