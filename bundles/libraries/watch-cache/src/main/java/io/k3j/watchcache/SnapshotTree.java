package io.k3j.watchcache;

import io.k3j.datastoreapi.KeyOrder;
import io.k3j.watchcache.TreeNode.Filling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// A sorted map that never changes: every change gives another map that shares nearly everything with this one. A
/// reference to one is a snapshot. A B+ tree; changes cost one copied path, many at once hardly more. Keys are in the
/// order of their UTF-8 bytes, as in a datastore, so that a list which began in memory can go on there.
public final class SnapshotTree<V> {
    private static final LongPredicate ALL = mark -> true;
    private final TreeNode root;

    /// A value of which 64 bits tell something. They lie beside the values, so a visit passes over those it does not
    /// want without looking at them.
    public interface Marked {
        /// Always the same for one value.
        long mark();
    }

    private SnapshotTree(TreeNode root) {
        this.root = root;
    }

    /// Without entries.
    public static <V> SnapshotTree<V> empty() {
        return new SnapshotTree<>(TreeNode.EMPTY);
    }

    /// Makes a tree of entries that come in ascending order of their keys. What the marks of values are made from is
    /// looked at while the values are new, as long as the processor has them near. One thread.
    public static final class Ascending<V> {
        private final List<TreeNode> leaves = new ArrayList<>();
        private Filling filling = new Filling(TreeNode.WIDTH, 0);

        /// One more, behind all before it.
        public void add(String key, V value) {
            if (filling.count() == TreeNode.WIDTH) {
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
            List<TreeNode> level = leaves;
            while (level.size() > 1) {
                level = TreeNode.parents(level);
            }
            return new SnapshotTree<>(level.getFirst());
        }

        private void next() {
            leaves.addAll(filling.nodes());
            filling = new Filling(TreeNode.WIDTH, 0);
        }
    }

    /// How many entries there are.
    public int size() {
        return root.size();
    }

    TreeNode root() {
        return root;
    }

    /// Roughly how many bytes of memory it takes beside another one with which it shares what it can, keys and values
    /// aside.
    long bytesBeyond(SnapshotTree<V> other) {
        return root.bytesBeyond(other.root);
    }

    /// The value of a key, or null.
    @SuppressWarnings("unchecked")
    @Nullable
    public V get(String key) {
        TreeNode n = root;
        while (!n.leaf()) {
            n = n.child(n.find(key));
        }
        int i = n.find(key);
        return i < 0 ? null : (V) n.slots()[i];
    }

    /// How many keys are lower than `key`.
    public int rank(String key) {
        TreeNode n = root;
        int before = 0;
        while (!n.leaf()) {
            int at = n.find(key);
            for (int i = 0; i < at; i++) {
                before += n.child(i).size();
            }
            n = n.child(at);
        }
        int i = n.find(key);
        return before + (i < 0 ? -i - 1 : i);
    }

    /// Shows entries from `start` on, in order, to `visitor` until it answers false.
    public void visit(String start, BiPredicate<String, V> visitor) {
        visit(root, new Range(start, null, false, ALL), true, visitor);
    }

    /// Shows entries from `start` on and before `end`, in order, to `visitor` until it answers false; those whose marks
    /// do not pass `probe` are left out. Every bit is set in the mark of a value that is not [Marked].
    public void visit(String start, String end, LongPredicate probe, BiPredicate<String, V> visitor) {
        visit(root, new Range(start, end, KeyOrder.wide(end), probe), true, visitor);
    }

    /// @param wide whether the end needs more than Java's own comparison
    private record Range(String start, @Nullable String end, boolean wide, LongPredicate probe) {
        boolean ends(String key) {
            return end != null && (wide ? KeyOrder.compare(key, end) : key.compareTo(end)) >= 0;
        }
    }

    /// Only the first node of each level begins in its middle.
    @SuppressWarnings("unchecked")
    private boolean visit(TreeNode n, Range range, boolean first, BiPredicate<String, V> visitor) {
        int found = first ? n.find(range.start) : 0;
        int from = found < 0 ? -found - 1 : found;
        if (n.leaf()) {
            for (int i = from; i < n.keys().length; i++) {
                if (range.probe.test(n.marks()[i])
                        && (range.ends(n.keys()[i]) || !visitor.test(n.keys()[i], (V) n.slots()[i]))) {
                    return false;
                }
            }
            return true;
        }
        for (int i = from; i < n.slots().length; i++) {
            if (i > from && range.ends(n.keys()[i]) || !visit(n.child(i), range, first && i == from, visitor)) {
                return false;
            }
        }
        return true;
    }

    /// The same with many entries set, and those without a value taken out, in whatever order they are given. What is
    /// copied is one node for all changes in it.
    public SnapshotTree<V> with(Map<String, ? extends @Nullable V> changes) {
        List<String> sorted = new ArrayList<>(changes.keySet());
        sorted.sort(KeyOrder::compare);
        List<TreeNode> level = changed(root, sorted, changes);
        while (level.size() > 1) {
            level = TreeNode.parents(level);
        }
        if (level.isEmpty()) {
            return empty();
        }
        TreeNode n = level.getFirst();
        while (!n.leaf() && n.slots().length == 1) {
            n = n.child(0);
        }
        return new SnapshotTree<>(n);
    }

    /// What takes the place of a node: none, one or several of its level.
    private static List<TreeNode> changed(TreeNode n, List<String> sorted, Map<String, ?> changes) {
        return sorted.isEmpty() ? List.of(n) : n.leaf() ? leaf(n, sorted, changes) : branch(n, sorted, changes);
    }

    private static List<TreeNode> leaf(TreeNode n, List<String> sorted, Map<String, ?> changes) {
        Filling filling = new Filling(n.keys().length + sorted.size(), 0);
        int at = 0;
        for (String key : sorted) {
            int found = n.find(key);
            int to = found < 0 ? -found - 1 : found;
            filling.copy(n, at, to);
            Object value = changes.get(key);
            if (value != null) {
                filling.add(found < 0 ? key : n.keys()[found], value);
            }
            at = found < 0 ? to : to + 1;
        }
        filling.copy(n, at, n.keys().length);
        return filling.nodes();
    }

    private static List<TreeNode> branch(TreeNode n, List<String> sorted, Map<String, ?> changes) {
        Filling filling = new Filling(n.keys().length + sorted.size(), n.height());
        int at = 0;
        for (int from = 0, to; from < sorted.size(); from = to) {
            int child = n.find(sorted.get(from));
            to = n.behind(child, sorted, from);
            filling.copy(n, at, child);
            changed(n.child(child), sorted.subList(from, to), changes).forEach(filling::add);
            at = child + 1;
        }
        filling.copy(n, at, n.keys().length);
        return filling.nodes();
    }
}
