package io.k3j.objectregistry;

import io.k3j.watchcache.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;

/// Collects what is selected of a snapshot, up to a limit, until the client leaves. One scan, one thread. For
/// [io.k3j.watchcache.SnapshotTree#visit], which ends when it answers false.
public final class PageScan implements BiPredicate<String, Item> {
    /// Objects between two looks whether the client is still there and others wait for a processor.
    private static final int LOOK_EVERY = 1_024;
    private final Selection selection;
    private long limit;
    private final BooleanSupplier gone;
    private final boolean converting;
    private final List<Item> items = new ArrayList<>();
    /// Looked at, and not yet known whether they are selected: somebody outside converts them first, many at once.
    private final List<Item> pending = new ArrayList<>();
    private long bytesLeft = Long.MAX_VALUE;
    private String next = "";
    private boolean left;
    private int seen;

    /// Has collected nothing yet.
    ///
    /// @param limit 0: none
    /// @param gone whether the client has left, asked now and then
    public PageScan(Selection selection, long limit, BooleanSupplier gone) {
        this.selection = selection;
        this.limit = limit;
        this.gone = gone;
        this.converting = selection.converts();
    }

    /// Whether it is wanted in pages.
    boolean limited() {
        return limit > 0;
    }

    /// Ends a page that is [#limited] once it has so many objects, if the limit is not lower, or once they weigh so
    /// much, with one object at least.
    void atMost(long objects, long bytes) {
        limit = Math.min(limit, objects);
        bytesLeft = bytes;
    }

    /// The entry behind a full page is not looked at: the next page begins with it, selected or not.
    @Override
    public boolean test(String key, Item item) {
        if (full()) {
            next = key;
            return false;
        }
        if (++seen % LOOK_EVERY == 0) {
            if (gone.getAsBoolean()) {
                left = true;
                return false;
            }
            // nothing here blocks, and a few long scans would keep all others from running
            Thread.yield();
        }
        if (!converting) {
            return added(item, selection.matchesFresh(item));
        }
        if (selection.matchesStored(item)) {
            pending.add(item);
        }
        return pending.size() < Conversions.MOST_OBJECTS || decided();
    }

    private boolean added(Item item, boolean selected) {
        if (selected) {
            items.add(item);
            bytesLeft -= item.bytes().length;
        }
        return true;
    }

    /// Behind the last entry.
    public void end() {
        if (!pending.isEmpty()) {
            boolean _ = decided();
        }
    }

    /// Whether more are wanted.
    private boolean decided() {
        List<Item> shown = selection.target().shown(pending);
        for (Item item : shown) {
            if (full()) {
                next = item.storeKey();
                break;
            }
            added(item, selection.matchesFresh(item));
        }
        pending.clear();
        return next.isEmpty();
    }

    private boolean full() {
        return limit > 0 && items.size() == limit || bytesLeft <= 0;
    }

    /// What was selected.
    public List<Item> items() {
        return items;
    }

    /// The key the next page begins with, empty when there is none.
    public String next() {
        return next;
    }

    /// Whether it ended because the client has left; then the items are not all.
    public boolean left() {
        return left;
    }
}
