package io.k3j.apiserver;

import io.k3j.watchcache.Item;

/// What a write came to.
/// @param item the object as it is, or was, now
/// @param revision of the change; 0 for a dry run of a creation
record Outcome(Item item, long revision, Kind kind) {
    /// What happened to the object.
    enum Kind {
        /// It is new.
        CREATED,
        /// It is there, changed or not.
        PRESENT,
        /// It has gone.
        GONE
    }
}
