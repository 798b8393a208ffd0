/// The objects of all kinds: read, created, changed, deleted; upstream's `apiserver/pkg/registry/generic` without
/// HTTP.
///
/// A library, used by `apiserver` for requests and for components of its process. Reading: [Selection] and
/// [ListOptions] say what is meant, [ObjectReads] takes it from the watch cache. Writing: [ObjectWrites] and
/// [ObjectDeletes] take an [Intent], [Shaping] makes the object that is stored (defaults, hooks, admission,
/// ownership, validation), [StoreCommits] commits its bytes. Kinds, hooks and admission plug-ins come from other
/// bundles and stand in [Slot]s.
///
/// **Threads.** Any; there are none of its own, and nothing is locked while a write is made: who was faster is
/// decided by the datastore's compare and set. **Blocking.** Writes and most-recent reads block on the store;
/// admission and hooks on what they ask. **Errors.** `ApiFault`s with upstream's words; 503 while something is
/// away. A write that fails has stored nothing, but for 504, where the outcome is unknown.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.objectregistry;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
