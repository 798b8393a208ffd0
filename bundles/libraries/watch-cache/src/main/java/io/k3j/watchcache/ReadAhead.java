package io.k3j.watchcache;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Everything stored at a revision, a page after the other: the next one is read while one is looked at, on a thread
/// that is no carrier of virtual ones. No more than these two are held. One thread.
///
/// All pages are of one revision, so together they are a snapshot, however long reading takes; compaction may
/// overtake it.
final class ReadAhead implements AutoCloseable {
    private final Datastore datastore;
    private final long revision;
    private final PageSize size = new PageSize();
    private final ExecutorService reader = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("apiserver-load").factory());
    /// The page that is being read, null behind the last one.
    private @Nullable Future<Page> ahead;

    /// Begins to read at once.
    ReadAhead(Datastore datastore, long revision) {
        this.datastore = datastore;
        this.revision = revision;
        this.ahead = reader.submit(() -> read(""));
    }

    /// From a key on, that key included.
    private Page read(String from) {
        return datastore.range(StorageKeys.ROOT, from, size.rows(), revision);
    }

    /// The next rows in order of their keys, none when there are no more; blocks. The next page begins right behind
    /// the last key: nothing sorts between a key and the same with a zero at its end.
    /// @throws io.k3j.datastoreapi.Compacted when the datastore has forgotten the revision meanwhile
    /// @throws DatastoreUnavailable when it cannot be read, or this thread is interrupted
    List<Entry> next() {
        Future<Page> now = ahead;
        if (now == null) {
            return List.of();
        }
        Page page = await(now);
        List<Entry> entries = page.entries();
        size.seen(entries);
        ahead = page.more() ? reader.submit(() -> read(entries.getLast().key() + "\0")) : null;
        return entries;
    }

    /// The fault of the other thread as it was thrown there: callers tell them apart.
    private static Page await(Future<Page> page) {
        try {
            return page.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreUnavailable("loading was interrupted", e, false);
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                default -> throw new IllegalStateException(e);
            }
        }
    }

    /// Waits for the page that is being read.
    @Override
    public void close() {
        reader.close();
    }
}
