package io.k3j.watchcache;

import io.k3j.datastoreapi.KeyOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A node of a [SnapshotTree]: keys in the order of [KeyOrder] with, for a leaf, their values and the marks of these,
/// for a branch, the children they are the first key of. Nobody changes its arrays.
///
/// @param height 0 of a leaf
/// @param wide whether a key in it may be [KeyOrder#wide]; if not, Java's own comparison is right, which is faster
/// @param size how many entries there are below
record TreeNode(String[] keys, Object[] slots, long[] marks, int height, boolean wide, int size) {
    /// How many slots a node has at most.
    static final int WIDTH = 64;
    static final TreeNode EMPTY = new TreeNode(new String[0], new Object[0], new long[0], 0, false, 0);
    private static final long[] NONE = {};
    /// About what a node takes in memory beside the places of its arrays.
    private static final long BYTES = 80;
    /// A reference to a key and one to a value or child; in a leaf a mark, too.
    private static final long BYTES_OF_PLACE = 8;

    boolean leaf() {
        return height == 0;
    }

    TreeNode child(int i) {
        return (TreeNode) slots[i];
    }

    /// The slot that holds `key` or would; a leaf answers `-(insertion point) - 1` when it is absent.
    int find(String key) {
        int low = 0;
        int high = keys.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int c = compare(keys[middle], key);
            if (c == 0) {
                return middle;
            }
            low = c < 0 ? middle + 1 : low;
            high = c < 0 ? high : middle - 1;
        }
        return leaf() ? -low - 1 : Math.max(0, low - 1);
    }

    /// A key of this node and any other.
    private int compare(String mine, String key) {
        return wide ? KeyOrder.compare(mine, key) : mine.compareTo(key);
    }

    /// Where the first of some sorted keys is that does not belong to a child, from `from` on.
    int behind(int child, List<String> sorted, int from) {
        if (child + 1 == keys.length) {
            return sorted.size();
        }
        int to = from;
        while (to < sorted.size() && compare(keys[child + 1], sorted.get(to)) > 0) {
            to++;
        }
        return to;
    }

    /// Roughly what this node and those below it take in memory, keys and values aside, as far as they are not part of
    /// another tree. A node is looked for where its first key is there.
    long bytesBeyond(TreeNode other) {
        if (keys.length == 0) {
            return 0;
        }
        TreeNode there = other;
        while (there.height > height) {
            there = there.child(there.find(keys[0]));
        }
        if (there == this) {
            return 0;
        }
        if (leaf()) {
            return BYTES + 2 * BYTES_OF_PLACE * keys.length;
        }
        long bytes = BYTES + BYTES_OF_PLACE * keys.length;
        for (int i = 0; i < slots.length; i++) {
            boolean shared = there.height == height && i < there.slots.length && there.slots[i] == slots[i];
            bytes += shared ? 0 : child(i).bytesBeyond(there);
        }
        return bytes;
    }

    /// The nodes above nodes of one level, which are in order.
    static List<TreeNode> parents(List<TreeNode> level) {
        List<TreeNode> up = new ArrayList<>();
        for (int at = 0; at < level.size(); at += WIDTH) {
            List<TreeNode> part = level.subList(at, Math.min(level.size(), at + WIDTH));
            Filling parent = new Filling(part.size(), part.getFirst().height + 1);
            part.forEach(parent::add);
            up.addAll(parent.nodes());
        }
        return up;
    }

    /// Entries of one node that may have become too many for it.
    static final class Filling {
        private final String[] keys;
        private final Object[] slots;
        private final long[] marks;
        private final int height;
        private boolean wide;
        private int count;

        Filling(int most, int height) {
            this.keys = new String[most];
            this.slots = new Object[most];
            this.marks = height == 0 ? new long[most] : NONE;
            this.height = height;
        }

        int count() {
            return count;
        }

        void copy(TreeNode from, int at, int to) {
            System.arraycopy(from.keys, at, keys, count, to - at);
            System.arraycopy(from.slots, at, slots, count, to - at);
            if (height == 0) {
                System.arraycopy(from.marks, at, marks, count, to - at);
            }
            wide |= from.wide;
            count += to - at;
        }

        /// A child, for a branch.
        void add(TreeNode child) {
            wide |= child.wide;
            keys[count] = child.keys[0];
            slots[count++] = child;
        }

        /// An entry, for a leaf.
        void add(String key, Object value) {
            wide = wide || KeyOrder.wide(key);
            marks[count] = value instanceof SnapshotTree.Marked m ? m.mark() : -1;
            keys[count] = key;
            slots[count++] = value;
        }

        /// As few as there may be, equally full.
        List<TreeNode> nodes() {
            int parts = (count + WIDTH - 1) / WIDTH;
            List<TreeNode> all = new ArrayList<>(parts);
            for (int i = 0; i < parts; i++) {
                all.add(node(count * i / parts, count * (i + 1) / parts));
            }
            return all;
        }

        private TreeNode node(int from, int to) {
            String[] names = Arrays.copyOfRange(keys, from, to);
            Object[] held = Arrays.copyOfRange(slots, from, to);
            if (height == 0) {
                return new TreeNode(names, held, Arrays.copyOfRange(marks, from, to), 0, wide, to - from);
            }
            int size = 0;
            for (Object child : held) {
                size += ((TreeNode) child).size;
            }
            return new TreeNode(names, held, NONE, height, wide, size);
        }
    }
}
