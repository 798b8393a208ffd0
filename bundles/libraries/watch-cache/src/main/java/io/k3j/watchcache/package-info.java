/// Everything the API server has stored, in memory: the newest snapshot, the history that led to it, and who
/// follows it. Kubernetes calls this the watch cache (`docs/architecture.md`; Kubernetes API Concepts, Resource
/// versions). Upstream has one per resource; here there is one for all, as the datastore has one sequence of
/// revisions for all.
///
/// ```
/// Datastore ─► Feeder ─► EventLog ─┬─► Snapshot    reads, lists          (Fence: no older than …)
///                  Rows            ├─► history     watches that resume
///                                  └─► Follower    views, watches
/// ```
///
/// A library: its objects belong to the one who makes them, `apiserver`, which gives it the datastore and closes
/// what it has started. One [Feeder] follows the datastore and changes the [EventLog]; everybody else reads without
/// a lock.
///
/// **Threads.** `apiserver-log` feeds; `apiserver-fence` and `apiserver-time` run only for a store that others
/// write to. **Blocking.** Only what says so, and each wait has a limit. **Errors.** Requests get an
/// [io.k3j.clientapi.ApiFault]: 503 when the store is away, 504 when this server is behind or an outcome is
/// unknown, 500 for a row that cannot be read. **Memory.** All stored bytes once, and a history of 64 MiB.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.watchcache;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
