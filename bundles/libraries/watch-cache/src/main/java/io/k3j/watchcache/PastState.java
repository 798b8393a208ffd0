package io.k3j.watchcache;

import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import java.util.concurrent.Semaphore;
import java.util.function.BiPredicate;

/// Reads at a revision that memory has forgotten and the datastore has not: the history of [EventLog] is bounded by
/// bytes and events, that of the datastore by compaction. Any thread.
public final class PastState {
    /// How many read at a time: what they read is not shared with anybody, as what memory holds is. Fewer than a driver
    /// has connections that read, so that there are some for everything else.
    private static final int PLACES = 2;
    private final Store store;
    private final Rows rows;
    private final Semaphore places = new Semaphore(PLACES);

    /// @param rows how to read them
    public PastState(Store store, Rows rows) {
        this.store = store;
        this.rows = rows;
    }

    /// Shows what was below a prefix right after a revision, from `start` on and in the order of keys, to `visitor`
    /// until it answers false. Blocks for the datastore; a few megabytes are held at a time.
    ///
    /// @return false, whatever was shown until then, when that cannot be known: it is compacted, others are
    ///         reading, or a row of then cannot be read any more, as one whose key has been replaced since
    /// @throws io.k3j.clientapi.ApiFault 503 when the datastore is away
    public boolean visit(String prefix, String start, long revision, BiPredicate<String, Item> visitor) {
        if (!places.tryAcquire()) {
            return false;
        }
        try {
            return store.call(datastore -> read(datastore, new Range(prefix, start, revision), visitor));
        } catch (Compacted e) {
            return false;
        } finally {
            places.release();
        }
    }

    private record Range(String prefix, String start, long revision) {
    }

    private boolean read(Datastore datastore, Range range, BiPredicate<String, Item> visitor) {
        PageSize size = new PageSize();
        String from = range.start();
        while (true) {
            Page page = datastore.range(range.prefix(), from, size.rows(), range.revision());
            for (Entry entry : page.entries()) {
                Item item = rows.item(entry);
                if (item instanceof Unreadable) {
                    return false;
                }
                if (!visitor.test(entry.key(), item)) {
                    return true;
                }
            }
            if (!page.more()) {
                return true;
            }
            size.seen(page.entries());
            from = page.entries().getLast().key() + "\0";
        }
    }
}
