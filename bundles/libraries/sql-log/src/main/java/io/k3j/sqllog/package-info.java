/// The kine-compatible revision log over a small SQL dialect: what `datastore-sqlite` and its relatives have in
/// common.
///
/// One table, `kine`, one row per change; the row's id is the revision. The schema and the meaning of each column
/// are kine's (<https://github.com/k3s-io/kine>), so a database can be handed to stock K3s and back. A current row
/// of a key is one that no other row of the same name points at with `prev_revision`; the unique index on (name,
/// prev_revision) answers that, guards the chain, and is the only index kept.
///
/// ```
///   callers (virtual threads)            one writer thread                       watches
///   look up the key's head  ──► queue ──► check expectations                ┌──► position ─► next()
///   (4 read connections)                 BEGIN · 16-row inserts · COMMIT    │      │ behind: read from SQL
///          ▲                             publish: heads, tail, revision ────┘──────┘
///          └──────── woken ◄─────────────┘
/// ```
///
/// Where several processes share the table, a group begins with the table's lock and takes in what others wrote; a
/// follower thread reads their rows at other times:
///
/// ```
///   others' rows ──► datastore-follower ──► Intake (in order, each once) ──► heads, tail ──► watches, fences
///   own groups  ──► datastore-writer  ──────────┘
/// ```
///
/// **Memory** is bounded whatever the table's size: `Heads` keeps the newest rows of recently changed keys (16 MiB,
/// their arrays shared with whoever committed them), `LogTail` the recent changes for watches (16 MiB, the same
/// arrays), `KnownNames` 2 MiB of bits that say which names have never been used, so that most creates need no
/// look-up. Only keys with a time to live cost a small record each (`Expirations`). A watch has no queue of its
/// own: it holds a position, and reads the table when the tail has moved past it.
///
/// **Threads.** `datastore-writer` alone changes the table; `datastore-follower` and the driver's listener only for
/// a shared table; `datastore-scan` once, after opening; `datastore-expirations` waits for times to be over.
/// Callers wait on their own.
///
/// **Blocking.** A commit on a shared table is answered within the dialect's patience, a read within ten seconds.
/// On a table of this process alone both wait for the disk.
///
/// **Errors.** `DatastoreUnavailable` with what was being done, where, and what to do; `outcomeUnknown()` only when
/// a commit may have happened and could not be read back. A database that may have lost what it synced is never
/// used again.
///
/// Upstream: kine's `pkg/logstructured` and `pkg/drivers/generic`; the guarantees are those of
/// [io.k3j.datastoreapi.Datastore].
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.sqllog;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
