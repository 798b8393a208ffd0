package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A sorted map that never changes: every change gives another map that shares nearly everything with
/// this one. A reference to one is a snapshot. A B+ tree; changes cost one copied path.
public final class SnapshotTree<V> {
    private static final int WIDTH = 64;
    private final Node root;

    private SnapshotTree(Node root) {
        this.root = root;
    }

    /// Keys in order with, for a leaf, their values, for a branch, the children they are the first key of.
    private record Node(String[] keys, Object[] slots, boolean leaf, int size) {
        static Node of(String[] keys, Object[] slots, boolean leaf) {
            int size = leaf ? keys.length : 0;
            for (int i = 0; !leaf && i < slots.length; i++) {
                size += ((Node) slots[i]).size;
            }
            return new Node(keys, slots, leaf, size);
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
        return new SnapshotTree<>(new Node(new String[0], new Object[0], true, 0));
    }

    /// From entries in ascending order of keys, no key twice.
    public static <V> SnapshotTree<V> ofSorted(String[] keys, Object[] values) {
        List<Node> level = new ArrayList<>();
        for (int at = 0; at == 0 || at < keys.length; at += WIDTH) {
            int to = Math.min(keys.length, at + WIDTH);
            level.add(Node.of(Arrays.copyOfRange(keys, at, to), Arrays.copyOfRange(values, at, to), true));
        }
        while (level.size() > 1) {
            level = parents(level);
        }
        return new SnapshotTree<>(level.getFirst());
    }

    private static List<Node> parents(List<Node> level) {
        List<Node> up = new ArrayList<>();
        for (int at = 0; at < level.size(); at += WIDTH) {
            List<Node> part = level.subList(at, Math.min(level.size(), at + WIDTH));
            up.add(Node.of(part.stream().map(n -> n.keys[0]).toArray(String[]::new), part.toArray(), false));
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
        visit(root, start, visitor);
    }

    @SuppressWarnings("unchecked")
    private boolean visit(Node n, String start, BiPredicate<String, V> visitor) {
        int from = n.find(start);
        if (n.leaf) {
            for (int i = from < 0 ? -from - 1 : from; i < n.keys.length; i++) {
                if (!visitor.test(n.keys[i], (V) n.slots[i])) {
                    return false;
                }
            }
            return true;
        }
        for (int i = from; i < n.slots.length; i++) {
            if (!visit(n.child(i), start, visitor)) {
                return false;
            }
        }
        return true;
    }

    /// The same with one entry set.
    public SnapshotTree<V> with(String key, V value) {
        Node n = with(root, key, value);
        return new SnapshotTree<>(n.slots.length <= WIDTH ? n : parents(halves(n)).getFirst());
    }

    private static Node with(Node n, String key, Object value) {
        int at = n.find(key);
        if (!n.leaf) {
            Node changed = with(n.child(at), key, value);
            return changed.slots.length <= WIDTH ? replaced(n, at, List.of(changed)) : replaced(n, at, halves(changed));
        }
        if (at >= 0) {
            Object[] slots = n.slots.clone();
            slots[at] = value;
            return new Node(n.keys, slots, true, n.size);
        }
        int to = -at - 1;
        return Node.of(inserted(n.keys, to, key, new String[n.keys.length + 1]),
                inserted(n.slots, to, value, new Object[n.keys.length + 1]), true);
    }

    private static <T> T[] inserted(T[] from, int at, T element, T[] into) {
        System.arraycopy(from, 0, into, 0, at);
        into[at] = element;
        System.arraycopy(from, at, into, at + 1, from.length - at);
        return into;
    }

    private static List<Node> halves(Node n) {
        int middle = n.keys.length / 2;
        return List.of(
                Node.of(Arrays.copyOf(n.keys, middle), Arrays.copyOf(n.slots, middle), n.leaf),
                Node.of(Arrays.copyOfRange(n.keys, middle, n.keys.length),
                        Arrays.copyOfRange(n.slots, middle, n.keys.length), n.leaf));
    }

    /// A branch with the child at `at` replaced by none, one or two nodes.
    private static Node replaced(Node n, int at, List<Node> by) {
        int more = by.size() - 1;
        String[] keys = new String[n.keys.length + more];
        Object[] slots = new Object[keys.length];
        System.arraycopy(n.keys, 0, keys, 0, at);
        System.arraycopy(n.slots, 0, slots, 0, at);
        for (int i = 0; i < by.size(); i++) {
            keys[at + i] = by.get(i).keys[0];
            slots[at + i] = by.get(i);
        }
        System.arraycopy(n.keys, at + 1, keys, at + by.size(), n.keys.length - at - 1);
        System.arraycopy(n.slots, at + 1, slots, at + by.size(), n.keys.length - at - 1);
        int size = n.size - n.child(at).size;
        for (Node node : by) {
            size += node.size;
        }
        return new Node(keys, slots, false, size);
    }

    /// The same without one key.
    public SnapshotTree<V> without(String key) {
        Node n = without(root, key);
        if (n == root) {
            return this;
        }
        while (!n.leaf && n.slots.length == 1) {
            n = n.child(0);
        }
        return n.slots.length == 0 ? empty() : new SnapshotTree<>(n);
    }

    private static Node without(Node n, String key) {
        int at = n.find(key);
        if (n.leaf) {
            return at < 0 ? n : Node.of(cut(n.keys, at, new String[n.keys.length - 1]),
                    cut(n.slots, at, new Object[n.keys.length - 1]), true);
        }
        Node child = n.child(at);
        Node changed = without(child, key);
        if (changed == child) {
            return n;
        }
        return replaced(n, at, changed.slots.length == 0 ? List.of() : List.of(changed));
    }

    private static <T> T[] cut(T[] from, int at, T[] into) {
        System.arraycopy(from, 0, into, 0, at);
        System.arraycopy(from, at + 1, into, at, into.length - at);
        return into;
    }
}
