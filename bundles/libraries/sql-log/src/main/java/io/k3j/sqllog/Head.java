package io.k3j.sqllog;

import io.k3j.datastoreapi.Entry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The newest row of a key, as far as a commit needs it.
///
/// @param revision 0 when there is none
/// @param createRevision of the present life, or of the last one
/// @param deleted true as well when there is none
/// @param value nobody changes it; null without one
record Head(long revision, long createRevision, boolean deleted, byte @Nullable [] value) {
    /// For a key of which there is no row.
    static final Head NONE = new Head(0, 0, true, null);
    private static final byte[] NOTHING = {};

    /// The revision a commit must expect: 0 when the key does not exist.
    /// So a deleted key is created anew, whatever came before.
    long liveRevision() {
        return deleted ? 0 : revision;
    }

    /// What a reader sees: nothing of a tombstone.
    Optional<Entry> entry(String key) {
        return deleted ? Optional.empty()
                : Optional.of(new Entry(key, value == null ? NOTHING : value, createRevision, revision));
    }
}
