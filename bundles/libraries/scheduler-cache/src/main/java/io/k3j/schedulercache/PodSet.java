package io.k3j.schedulercache;

import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Pods, found by their UIDs. Immutable: one more or one less is another set, which shares all but a few parts with
/// this one, so that what a change costs does not grow with the number of pods but with its logarithm: a trie of hashes
/// ([Bagwell 2001](https://lampwww.epfl.ch/papers/idealhashtrees.pdf)), whose leaves hold several. The order is that
/// of coming while there are few, later any. For any thread.
final class PodSet extends AbstractCollection<PodInfo> {
    /// No pods.
    static final PodSet NONE = new PodSet(new PodInfo[0], 0);
    private static final int BITS = 4;
    /// Children of a branch, and pods of a leaf, but of those that no more bits of the hash tell apart.
    static final int WIDTH = 1 << BITS;
    private static final int DEEPEST = Integer.SIZE - BITS;

    /// A leaf is a `PodInfo[]`; anything else is a branch, of [#WIDTH] parts.
    private final Object[] root;
    private final int size;

    private PodSet(Object[] root, int size) {
        this.root = root;
        this.size = size;
    }

    /// The parts, for who counts what a change has cost.
    Object[] root() {
        return root;
    }

    @Override
    public int size() {
        return size;
    }

    /// With one more pod.
    PodSet plus(PodInfo pod) {
        return new PodSet(plus(root, pod, 0), size + 1);
    }

    /// Without one; this where it is not there.
    PodSet minus(PodInfo pod) {
        Object[] next = minus(root, pod, 0);
        return next == root ? this : new PodSet(next, size - 1);
    }

    /// The pod of a UID, null when there is none.
    @Nullable
    PodInfo find(String uid) {
        Object[] part = root;
        for (int shift = 0; !(part instanceof PodInfo[]); shift += BITS) {
            part = (Object[]) part[slot(uid, shift)];
        }
        for (PodInfo pod : (PodInfo[]) part) {
            if (pod.uid().equals(uid)) {
                return pod;
            }
        }
        return null;
    }

    /// Text hashes of numbered names differ in their last bits only, so these are mixed.
    private static int slot(String uid, int shift) {
        int hash = uid.hashCode() * 0x9E3779B9;
        return ((hash ^ (hash >>> 16)) >>> shift) & (WIDTH - 1);
    }

    private static Object[] plus(Object[] part, PodInfo pod, int shift) {
        if (!(part instanceof PodInfo[] leaf)) {
            int slot = slot(pod.uid(), shift);
            Object[] next = part.clone();
            next[slot] = plus((Object[]) part[slot], pod, shift + BITS);
            return next;
        }
        if (leaf.length < WIDTH || shift > DEEPEST) {
            PodInfo[] next = Arrays.copyOf(leaf, leaf.length + 1);
            next[leaf.length] = pod;
            return next;
        }
        Object[] branch = new Object[WIDTH];
        Arrays.fill(branch, NONE.root);
        for (PodInfo each : leaf) {
            int slot = slot(each.uid(), shift);
            branch[slot] = plus((Object[]) branch[slot], each, shift + BITS);
        }
        int slot = slot(pod.uid(), shift);
        branch[slot] = plus((Object[]) branch[slot], pod, shift + BITS);
        return branch;
    }

    private static Object[] minus(Object[] part, PodInfo pod, int shift) {
        if (part instanceof PodInfo[] leaf) {
            int at = Arrays.asList(leaf).indexOf(pod);
            if (at < 0) {
                return leaf;
            }
            PodInfo[] next = Arrays.copyOf(leaf, leaf.length - 1);
            System.arraycopy(leaf, at + 1, next, at, next.length - at);
            return next;
        }
        int slot = slot(pod.uid(), shift);
        Object[] child = (Object[]) part[slot];
        Object[] less = minus(child, pod, shift + BITS);
        if (less == child) {
            return part;
        }
        Object[] next = part.clone();
        next[slot] = less;
        return empty(next) ? NONE.root : next;
    }

    private static boolean empty(Object[] branch) {
        for (Object child : branch) {
            if (!(child instanceof PodInfo[] leaf) || leaf.length > 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Iterator<PodInfo> iterator() {
        return root instanceof PodInfo[] leaf ? Arrays.asList(leaf).iterator() : new Walk(root);
    }

    /// Goes through the leaves from the first to the last.
    private static final class Walk implements Iterator<PodInfo> {
        private final Object[][] branches = new Object[Integer.SIZE / BITS + 1][];
        private final int[] next = new int[branches.length];
        private int depth;
        private PodInfo[] leaf = new PodInfo[0];
        private int at;

        Walk(Object[] root) {
            branches[0] = root;
            forward();
        }

        /// To the next leaf with a pod that is left; to none when all have been seen.
        private void forward() {
            while (at == leaf.length && depth >= 0) {
                if (next[depth] == WIDTH) {
                    depth--;
                    continue;
                }
                Object child = branches[depth][next[depth]++];
                if (child instanceof PodInfo[] pods) {
                    leaf = pods;
                    at = 0;
                } else {
                    depth++;
                    branches[depth] = (Object[]) child;
                    next[depth] = 0;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return at < leaf.length;
        }

        @Override
        public PodInfo next() {
            if (at >= leaf.length) {
                throw new NoSuchElementException();
            }
            PodInfo pod = leaf[at++];
            forward();
            return pod;
        }
    }
}
