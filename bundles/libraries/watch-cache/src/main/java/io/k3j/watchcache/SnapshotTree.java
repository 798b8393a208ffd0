package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// A sorted map that never changes: every change gives another map that shares nearly everything with this one. A
/// reference to one is a snapshot. A B+ tree; changes cost one copied path, many at once hardly more.
public final class SnapshotTree<V> {
    private static final int WIDTH = 64;
    private static final long[] NONE = {};
    private static final LongPredicate ALL = mark -> true;
    private final Node root;

    /// A value of which 64 bits tell something. They lie beside the values, so a visit passes over those it does not
    /// want without looking at them.
    public interface Marked {
        /// Always the same for one value.
        long mark();
    }

    private SnapshotTree(Node root) {
        this.root = root;
    }

    /// Keys in order with, for a leaf, their values and the marks of these, for a branch, the children they are the
    /// first key of.
    private record Node(String[] keys, Object[] slots, long[] marks, boolean leaf, int size) {
        static Node leaf(String[] keys, Object[] slots, long[] marks) {
            return new Node(keys, slots, marks, true, keys.length);
        }

        static Node branch(String[] keys, Object[] slots) {
            int size = 0;
            for (Object slot : slots) {
                size += ((Node) slot).size;
            }
            return new Node(keys, slots, NONE, false, size);
        }

        /// The slot that holds `key` or would; a leaf answers `-(insertion point) - 1` when it is absent.
        int find(String key) {
            int low = 0;
            int high = keys.length - 1;
            while (low <= high) {
                int middle = low + high >>> 1;
                int c = keys[middle].compareTo(key);
                if (c == 0) {
                    return middle;
                }
                low = c < 0 ? middle + 1 : low;
                high = c < 0 ? high : middle - 1;
            }
            return leaf ? -low - 1 : Math.max(0, low - 1);
        }

        Node child(int i) {
            return (Node) slots[i];
        }
    }

    /// Without entries.
    public static <V> SnapshotTree<V> empty() {
        return new SnapshotTree<>(Node.leaf(new String[0], new Object[0], NONE));
    }

    /// Makes a tree of entries that come in ascending order of their keys. What the marks of values are made from is
    /// looked at while the values are new, as long as the processor has them near. One thread.
    public static final class Ascending<V> {
        private final List<Node> leaves = new ArrayList<>();
        private Filling filling = new Filling(WIDTH, true);

        /// One more, behind all before it.
        public void add(String key, V value) {
            if (filling.count == WIDTH) {
                next();
            }
            filling.add(key, value);
        }

        /// All that were added.
        public SnapshotTree<V> tree() {
            next();
            if (leaves.isEmpty()) {
                return empty();
            }
            List<Node> level = leaves;
            while (level.size() > 1) {
                level = parents(level);
            }
            return new SnapshotTree<>(level.getFirst());
        }

        private void next() {
            leaves.addAll(filling.nodes());
            filling = new Filling(WIDTH, true);
        }
    }

    private static long mark(Object value) {
        return value instanceof Marked m ? m.mark() : -1;
    }

    private static List<Node> parents(List<Node> level) {
        List<Node> up = new ArrayList<>();
        for (int at = 0; at < level.size(); at += WIDTH) {
            List<Node> part = level.subList(at, Math.min(level.size(), at + WIDTH));
            up.add(Node.branch(part.stream().map(n -> n.keys[0]).toArray(String[]::new), part.toArray()));
        }
        return up;
    }

    /// How many entries there are.
    public int size() {
        return root.size;
    }

    /// The value of a key, or null.
    @SuppressWarnings("unchecked")
    @Nullable
    public V get(String key) {
        Node n = root;
        while (!n.leaf) {
            n = n.child(n.find(key));
        }
        int i = n.find(key);
        return i < 0 ? null : (V) n.slots[i];
    }

    /// How many keys are lower than `key`.
    public int rank(String key) {
        Node n = root;
        int before = 0;
        while (!n.leaf) {
            int at = n.find(key);
            for (int i = 0; i < at; i++) {
                before += n.child(i).size;
            }
            n = n.child(at);
        }
        int i = n.find(key);
        return before + (i < 0 ? -i - 1 : i);
    }

    /// Shows entries from `start` on, in order, to `visitor` until it answers false.
    public void visit(String start, BiPredicate<String, V> visitor) {
        visit(root, new Range(start, null, ALL), true, visitor);
    }

    /// Shows entries from `start` on and before `end`, in order, to `visitor` until it answers false; those whose marks
    /// do not pass `probe` are left out. Every bit is set in the mark of a value that is not [Marked].
    public void visit(String start, String end, LongPredicate probe, BiPredicate<String, V> visitor) {
        visit(root, new Range(start, end, probe), true, visitor);
    }

    private record Range(String start, @Nullable String end, LongPredicate probe) {
        boolean ends(String key) {
            return end != null && key.compareTo(end) >= 0;
        }
    }

    /// Only the first node of each level begins in its middle.
    @SuppressWarnings("unchecked")
    private boolean visit(Node n, Range range, boolean first, BiPredicate<String, V> visitor) {
        int found = first ? n.find(range.start) : 0;
        int from = found < 0 ? -found - 1 : found;
        if (n.leaf) {
            for (int i = from; i < n.keys.length; i++) {
                if (range.probe.test(n.marks[i])
                        && (range.ends(n.keys[i]) || !visitor.test(n.keys[i], (V) n.slots[i]))) {
                    return false;
                }
            }
            return true;
        }
        for (int i = from; i < n.slots.length; i++) {
            if (i > from && range.ends(n.keys[i]) || !visit(n.child(i), range, first && i == from, visitor)) {
                return false;
            }
        }
        return true;
    }

    /// The same with many entries set, and those without a value taken out. What is copied is one node for all
    /// changes in it.
    public SnapshotTree<V> with(SortedMap<String, ? extends @Nullable V> changes) {
        List<Node> level = changed(root, List.copyOf(changes.keySet()), changes);
        while (level.size() > 1) {
            level = parents(level);
        }
        if (level.isEmpty()) {
            return empty();
        }
        Node n = level.getFirst();
        while (!n.leaf && n.slots.length == 1) {
            n = n.child(0);
        }
        return new SnapshotTree<>(n);
    }

    /// What takes the place of a node: none, one or several of its level.
    private static List<Node> changed(Node n, List<String> sorted, Map<String, ?> changes) {
        return sorted.isEmpty() ? List.of(n) : n.leaf ? leaf(n, sorted, changes) : branch(n, sorted, changes);
    }

    private static List<Node> leaf(Node n, List<String> sorted, Map<String, ?> changes) {
        Filling filling = new Filling(n.keys.length + sorted.size(), true);
        int at = 0;
        for (String key : sorted) {
            int found = n.find(key);
            int to = found < 0 ? -found - 1 : found;
            filling.copy(n, at, to);
            Object value = changes.get(key);
            if (value != null) {
                filling.add(found < 0 ? key : n.keys[found], value);
            }
            at = found < 0 ? to : to + 1;
        }
        filling.copy(n, at, n.keys.length);
        return filling.nodes();
    }

    private static List<Node> branch(Node n, List<String> sorted, Map<String, ?> changes) {
        Filling filling = new Filling(n.keys.length + sorted.size(), false);
        int at = 0;
        for (int from = 0, to; from < sorted.size(); from = to) {
            int child = n.find(sorted.get(from));
            to = child + 1 < n.keys.length ? before(n.keys[child + 1], sorted, from) : sorted.size();
            filling.copy(n, at, child);
            for (Node some : changed(n.child(child), sorted.subList(from, to), changes)) {
                filling.add(some.keys[0], some);
            }
            at = child + 1;
        }
        filling.copy(n, at, n.keys.length);
        return filling.nodes();
    }

    /// Where the first key that is not lower than `bound` is, from `from` on.
    private static int before(String bound, List<String> sorted, int from) {
        int to = from;
        while (to < sorted.size() && sorted.get(to).compareTo(bound) < 0) {
            to++;
        }
        return to;
    }

    /// Entries of one node that may have become too many for it.
    private static final class Filling {
        private final String[] keys;
        private final Object[] slots;
        private final long[] marks;
        private final boolean leaf;
        private int count;

        Filling(int most, boolean leaf) {
            this.keys = new String[most];
            this.slots = new Object[most];
            this.marks = leaf ? new long[most] : NONE;
            this.leaf = leaf;
        }

        void copy(Node from, int at, int to) {
            System.arraycopy(from.keys, at, keys, count, to - at);
            System.arraycopy(from.slots, at, slots, count, to - at);
            if (leaf) {
                System.arraycopy(from.marks, at, marks, count, to - at);
            }
            count += to - at;
        }

        void add(String key, Object slot) {
            if (leaf) {
                marks[count] = mark(slot);
            }
            keys[count] = key;
            slots[count++] = slot;
        }

        /// As few as there may be, equally full.
        List<Node> nodes() {
            int parts = (count + WIDTH - 1) / WIDTH;
            List<Node> all = new ArrayList<>(parts);
            for (int i = 0; i < parts; i++) {
                int from = count * i / parts;
                int to = count * (i + 1) / parts;
                String[] names = Arrays.copyOfRange(keys, from, to);
                Object[] held = Arrays.copyOfRange(slots, from, to);
                all.add(leaf ? Node.leaf(names, held, Arrays.copyOfRange(marks, from, to)) : Node.branch(names, held));
            }
            return all;
        }
    }
}
