package io.k3j.objectregistry;

import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.PastState;
import io.k3j.watchcache.Store;

/// What is stored: where commits go, what has come back, and whether that is all.
///
/// @param store the datastore in use
/// @param log what has come back of it, in memory
/// @param fence says which snapshot is recent enough; over the same two
/// @param past what the log has forgotten and the datastore has not
public record Storage(Store store, EventLog log, Fence fence, PastState past) {
}
