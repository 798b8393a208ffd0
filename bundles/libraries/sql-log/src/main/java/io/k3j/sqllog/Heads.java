package io.k3j.sqllog;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The newest rows of recently changed keys. A key that is not in here has not changed after `forgottenUpTo()`; so
/// what a caller read from the table at or after that revision still holds.
///
/// Written by [Intake] only, one call at a time; `find` may be called by anybody. What goes is forgotten in number
/// before it is forgotten by name.
final class Heads {
    /// How many changes are remembered, and how many bytes of values with them.
    static final int MAX_ROWS = 32_768;
    static final long MAX_BYTES = 16L << 20;
    /// Roughly what a record costs beside its value.
    private static final int ROW_COST = 128;
    private final ConcurrentHashMap<String, Head> heads = new ConcurrentHashMap<>();
    /// In the order of revisions; a key that changes often has several marks, of which only the last leads to its
    /// head.
    private final ArrayDeque<Mark> order = new ArrayDeque<>();
    private long bytes;
    private volatile long forgottenUpTo;

    /// Empty: nothing has changed after this revision.
    Heads(long startRevision) {
        forgottenUpTo = startRevision;
    }

    /// The newest row of a key that has changed lately, tombstones included; null says nothing about older ones.
    @Nullable
    Head find(String key) {
        return heads.get(key);
    }

    /// What was read from the table at this revision or later, and is not in here, still holds.
    /// It only grows.
    long forgottenUpTo() {
        return forgottenUpTo;
    }

    /// Records a key's newest row; revisions must grow from call to call. What is beyond the bounds is forgotten,
    /// oldest first.
    void put(String key, Head head) {
        heads.put(key, head);
        Mark mark = new Mark(key, head.revision(), cost(head));
        order.addLast(mark);
        bytes += mark.cost;
        while (order.size() > MAX_ROWS || bytes > MAX_BYTES) {
            forgetOldest();
        }
    }

    /// Forgets everything: what was known up to `revision` may no longer hold.
    void forget(long revision) {
        forgottenUpTo = revision;
        heads.clear();
        order.clear();
        bytes = 0;
    }

    /// A key that was changed again since stays.
    private void forgetOldest() {
        Mark oldest = order.removeFirst();
        bytes -= oldest.cost;
        forgottenUpTo = oldest.revision;
        Head head = heads.get(oldest.key);
        if (head != null && head.revision() == oldest.revision) {
            heads.remove(oldest.key);
        }
    }

    private static int cost(Head head) {
        byte[] value = head.value();
        return ROW_COST + (value == null ? 0 : value.length);
    }

    private record Mark(String key, long revision, int cost) {
    }
}
