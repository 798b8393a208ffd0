package io.k3j.objectregistry;

import io.k3j.watchcache.Item;

/// What a write came to.
///
/// @param item the object as it is, or was, now: its stored bytes, decoded when somebody looks
/// @param revision of the change, the object's own when nothing was changed; 0 for a dry run of a creation
/// @param kind what happened
public record WriteResult(Item item, long revision, Kind kind) {
    /// What happened to the object.
    public enum Kind {
        /// It is new.
        CREATED,
        /// It is there, changed or not.
        PRESENT,
        /// It has gone.
        GONE
    }
}
