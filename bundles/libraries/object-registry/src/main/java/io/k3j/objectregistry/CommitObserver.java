package io.k3j.objectregistry;

import io.k3j.model.Gvr;

/// Hears how long the datastore took for each write of an object, refused ones too. Called on the writing thread; must
/// not block.
@FunctionalInterface
public interface CommitObserver {
    /// Nobody listens.
    CommitObserver NONE = (resource, operation, nanos) -> {
    };

    /// The datastore has answered, or has not in time.
    ///
    /// @param operation create, update or delete
    void took(Gvr resource, String operation, long nanos);
}
