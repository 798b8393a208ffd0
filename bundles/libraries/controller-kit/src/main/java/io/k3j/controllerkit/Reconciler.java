package io.k3j.controllerkit;

import io.k3j.model.Key;

/// Brings what one key stands for nearer to what is wanted (controller-runtime's `Reconciler`). Written so that it
/// may be ended at any line: the next call begins from what is there. It looks at what is, not at what has changed:
/// several changes may be one call, and a call may find nothing to do.
///
/// **Threads.** Called for one key at a time, for different keys at once when its loop has several workers. May
/// block.
///
/// **Failure.** Any exception: the key is tried again later and later. An `ApiFault` 404 or 409 is ordinary and is
/// not logged.
@FunctionalInterface
public interface Reconciler {
    /// Looks and, where needed, writes through `writer`, which remembers what was written, so that the next call
    /// for the same key finds it in the views.
    ///
    /// @param key of an object that may have gone
    /// @return when to come again although nothing changes
    Requeue reconcile(Key key, ExpectingWriter writer);
}
