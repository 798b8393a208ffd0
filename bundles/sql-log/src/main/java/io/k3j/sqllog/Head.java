package io.k3j.sqllog;

import io.k3j.datastoreapi.Entry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The newest row of a key, as far as a commit needs it; `revision` 0 when there is none.
record Head(long revision, long createRevision, boolean deleted, byte @Nullable [] value) {
    static final Head NONE = new Head(0, 0, true, null);
    private static final byte[] NOTHING = {};

    /// The revision a commit must expect: 0 when the key does not exist.
    long liveRevision() {
        return deleted ? 0 : revision;
    }

    Optional<Entry> entry(String key) {
        return deleted ? Optional.empty()
                : Optional.of(new Entry(key, value == null ? NOTHING : value, createRevision, revision));
    }
}
