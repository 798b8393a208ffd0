/// Everything the API server has stored, in memory: the newest picture, the history that led to it, and who follows it.
/// Kubernetes calls this the watch cache (`docs/architecture.md`; concept page "Resource versions").
///
/// A library: its objects belong to the one who makes them, `apiserver`, which gives it the datastore and closes what
/// it has started. One [Feeder] follows the datastore and changes the [EventLog]; everybody else reads without a lock.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.watchcache;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
