package io.k3j.datastoreapi;

import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// One revision log. Drivers (`datastore-*`) implement it; `apiserver`, `supervisor` and
/// `etcd-member` call it, nobody else.
///
/// **Instances.** One per process is in use at a time; it lives as long as its driver bundle.
///
/// **Guarantees.**
/// 1. *Numbering.* An empty store is at revision 1, so the first change ever gets 2, as in etcd. Each
///    committed change gets the next revision; a refused commit uses none. Revisions are 64 bit and
///    never go back or repeat, also not over restarts. Numbers may be missing (a row of compaction, a
///    failed transaction of another server); a missing number is never given out later.
/// 2. *Order.* If a commit was acknowledged before another was asked for, it has the lower revision.
/// 3. *Durability.* A commit is acknowledged, seen by reads and told to watches only after it is on
///    stable storage.
/// 4. *Compare and set.* A commit takes place only if the key's last revision is exactly the
///    expected one (0: the key does not exist) and every `Unchanged` still holds, checked in the
///    same transaction.
/// 5. *Reads.* `get` and `range` without a revision see every commit acknowledged before the call,
///    by this or any other server. At a revision they see exactly the state right after it.
/// 6. *Watch.* Every change of the prefix after the start revision, in revision order, each exactly
///    once; nothing is skipped. A watch that cannot go on says why (see `Watch`).
/// 7. *Compaction.* Never removes the newest version of a live key, nor anything at or after the
///    compaction revision. Never stalls writers for longer than one of their own groups.
/// 8. *Lifetime.* A key committed with a time to live disappears, as a deletion with its own
///    revision, no earlier than that time after the commit and as a rule within a second of it. The
///    clock is monotonic; over a restart the whole time starts anew.
///
/// **Keys.** Not empty, ordered by the bytes of their UTF-8 form. `compact_rev_key` and whatever starts with
/// `gap-` are the drivers' own rows: refused with `IllegalArgumentException`, never shown.
///
/// **Threads.** Every method may be called from any virtual thread and blocks it. Values handed in
/// and out are not copied: nobody changes a byte array once it has been handed over.
///
/// **Failure.** Trouble of the environment is a [DatastoreUnavailable]: the call was not carried out,
/// or `outcomeUnknown()` is true. A commit whose outcome cannot be known is resolved by the driver by
/// reading back before it says so.
@ProviderType
public interface Datastore {
    /// Creates, or replaces, one key. `expected` is the revision of the version to replace, 0 to create.
    /// A time to live of zero means for ever. `alsoUnchanged` are further keys that must still be at
    /// the given revisions, as the lease of a leader (fencing).
    CommitResult commit(String key, long expected, byte[] value, Duration timeToLive, Unchanged... alsoUnchanged);

    /// Deletes one key that is at revision `expected`, which must be above 0.
    CommitResult delete(String key, long expected, Unchanged... alsoUnchanged);

    /// The newest version of a key, empty when there is none.
    Optional<Entry> get(String key);

    /// A key as it was right after `revision`.
    /// @throws Compacted below the compaction revision
    /// @throws FutureRevision above the newest revision
    Optional<Entry> get(String key, long revision);

    /// The keys that start with `prefix` and are greater than or equal to `start` (empty: from the
    /// prefix on), in byte order, at most `limit` (0: all), as they were right after `revision`
    /// (0: now). With a limit there may be fewer, with `more`, when they weigh many megabytes.
    /// @throws Compacted below the compaction revision
    /// @throws FutureRevision above the newest revision
    Page range(String prefix, String start, int limit, long revision);

    /// How many keys start with `prefix`, and the revision of that answer.
    Count count(String prefix);

    /// The changes of keys that start with `prefix`, after `afterRevision`. A revision that the store has
    /// not reached is waited for. Close it when done.
    /// @throws Compacted if changes after that revision have been compacted
    Watch watch(String prefix, long afterRevision);

    /// Whether other processes may write to this store, too. It does not change in the life of an instance.
    default boolean shared() {
        return true;
    }

    /// The newest revision, confirmed with the store (a fence for most-recent reads).
    long revision();

    /// The revision below which history is gone; 0 before the first compaction.
    long compactRevision();

    /// Forgets what was superseded or deleted at or before `revision` (a revision above the newest means
    /// the newest); returns the compaction revision in force, which is lower when part of the work is
    /// left to a later call. Blocks for as long as that takes.
    long compact(long revision);

    /// Bytes the store takes on its disk.
    long size();
}
