package io.k3j.controllerkit;

import io.k3j.model.Key;

/// Brings what one key stands for nearer to what is wanted. Written so that it may be ended at any
/// line: the next call begins from what is there.
///
/// **Threads.** Called for one key at a time, for different keys at once when its loop has several
/// workers. May block.
///
/// **Failure.** Any exception: the key is tried again later and later. An `ApiFault` 404 or 409 is
/// ordinary and is not logged.
@FunctionalInterface
public interface Reconciler {
    /// Looks and, where needed, writes through `writer`, which remembers what was written, so that the
    /// next call for the same key finds it in the views.
    Again reconcile(Key key, Writer writer);
}
