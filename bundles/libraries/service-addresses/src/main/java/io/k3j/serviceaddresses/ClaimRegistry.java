package io.k3j.serviceaddresses;

import io.k3j.model.Key;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The datastore's record of which Service has claimed which value; all servers share it. For any thread; blocks.
public interface ClaimRegistry {
    /// A claim: the claiming Service, the time of the last write, and the revision of the stored record.
    /// @param ours whether it was written by this registry; what others have written keeps its value from every
    /// Service, and is not taken over
    /// @param mark of the last write: another write of the claim has another one
    record Entry(String value, Key service, Instant at, long revision, boolean ours, String mark) {
    }

    /// The claim of a value, read from the datastore; empty when it is free.
    Optional<Entry> find(String value);

    /// All claims.
    List<Entry> all();

    /// Writes a claim. One of another Service, or of others, is replaced.
    /// @param previous the claim to replace, empty for the first one
    /// @return its mark; empty when another writer was faster (compare and swap on the revision)
    Optional<String> write(String value, Key service, Optional<Entry> previous);

    /// Deletes a claim, unless it has been rewritten since `entry` was read.
    void delete(Entry entry);
}
