package io.k3j.apiserver;

import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.util.AbstractList;
import java.util.List;

/// The objects of a list in a version that somebody outside of the process converts them to: so many at once as a
/// client asks for in a page, when the first of them is looked at. Of a longer list no more than those are in memory.
/// Any thread; blocks for the conversion.
final class ConvertedPage extends AbstractList<Item> {
    /// Objects that are converted at once.
    static final int PART = 500;
    private final Target target;
    private final List<Item> stored;
    private List<Item> part = List.of();
    private int from;

    ConvertedPage(Target target, List<Item> stored) {
        this.target = target;
        this.stored = stored;
    }

    @Override
    public synchronized Item get(int index) {
        if (index < from || index >= from + part.size()) {
            int first = index - index % PART;
            part = target.shown(stored.subList(first, Math.min(first + PART, stored.size())));
            from = first;
        }
        return part.get(index - from);
    }

    @Override
    public int size() {
        return stored.size();
    }
}
