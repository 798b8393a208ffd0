package io.k3j.flowcontrol;

import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;

/// How many seats a list takes: one for each hundred kilobytes of the objects it tells, of a megabyte at most, since
/// lists are sent as they are made (upstream's `SizeBasedListCostEstimate` for lists from its cache). The size of an
/// object is that of a few at the beginning.
final class WorkEstimate {
    private static final int SEAT_BYTES = 100_000;
    private static final int MOST_BYTES = 1_000_000;
    private static final int SAMPLE = 16;

    private WorkEstimate() {
    }

    /// @param prefix of the keys that are looked at
    /// @param most how many objects are wanted at most; 0 or less for all
    static int seats(SnapshotTree<Item> tree, String prefix, long most) {
        String end = StorageKeys.end(prefix);
        long count = tree.rank(end) - tree.rank(prefix);
        if (count == 0) {
            return 1;
        }
        int[] sample = new int[2];
        tree.visit(prefix, end, mark -> true, (key, item) -> {
            Item readable = item.readable();
            sample[0] += readable == null ? 0 : readable.bytes().length;
            return ++sample[1] < SAMPLE;
        });
        long wanted = most > 0 ? Math.min(most, count) : count;
        double bytes = Math.min(MOST_BYTES, (double) wanted * sample[0] / sample[1]);
        return (int) Math.max(1, Math.ceil(bytes / SEAT_BYTES));
    }
}
