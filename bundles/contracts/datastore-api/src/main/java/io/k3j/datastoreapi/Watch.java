package io.k3j.datastoreapi;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// A running watch; used by one thread at a time.
@ProviderType
public interface Watch extends AutoCloseable {
    /// The next changes, in revision order, at least one; blocks up to `atMost` and returns an empty
    /// batch when nothing came. Fast producers are met with larger batches, bounded by the driver.
    /// @throws Compacted the watch fell behind compaction; start again from a fresh range
    /// @throws DatastoreUnavailable the store is away; the watch is over, take a new one from `revision()`
    Batch next(Duration atMost) throws InterruptedException;

    /// Ends the watch; a `next` in progress returns empty.
    @Override
    void close();

    /// Changes, and the revision up to which everything of this watch has now been told. That
    /// revision moves on also without changes of the prefix (progress, for bookmarks). Where other programs write,
    /// several keys may have changed with one revision; their changes are all in one batch.
    record Batch(List<Change> changes, long revision) {
    }
}
