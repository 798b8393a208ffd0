package io.k3j.datastoreapi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One step of the log. `value` is empty for a deletion; `before` is the version it replaced,
/// empty for a creation.
public record Change(String key, long revision, long createRevision, byte @Nullable [] bytes, Optional<Entry> before) {
    /// Whether the key is gone after this change.
    public boolean deletion() {
        return bytes == null;
    }

    /// Whether the key was absent before this change.
    public boolean creation() {
        return before.isEmpty();
    }
}
