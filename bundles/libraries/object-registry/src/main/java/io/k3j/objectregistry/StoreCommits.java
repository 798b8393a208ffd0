package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Term;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.CommitResult.Conflict;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.model.Gvr;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.StorageKeys;
import io.k3j.watchcache.Store;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Carries changes to the store. What a leader writes is bound to its lease: the store takes it only while the
/// lease stands as this server wrote it last.
///
/// So a leader that has been stopped for a while and goes on writes nothing any more, however late it finds out
/// (ADR 0025, fencing). Every commit that was taken is noted in the log before its caller hears of it, and so is what
/// was in the way of one that was not.
final class StoreCommits {
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    /// The lease may have been renewed just now, and its holder be about to hear of it: so long is waited for the
    /// new revision.
    private static final Duration RENEWAL = Duration.ofSeconds(1);
    /// More renewals during one write mean that the store is slower than leases are; it counts as not leading.
    private static final int RENEWALS = 5;
    private final Store store;
    private final EventLog log;
    private final Fence fence;
    private final Rows rows;
    private final Kinds kinds;
    private final CommitObserver observer;

    StoreCommits(Storage storage, Rows rows, Kinds kinds, CommitObserver observer) {
        this.observer = observer;
        this.store = storage.store();
        this.log = storage.log();
        this.fence = storage.fence();
        this.rows = rows;
        this.kinds = kinds;
    }

    /// Creates a key, or replaces it at a revision.
    ///
    /// @param expected 0 to create
    /// @param lifetime zero for ever
    /// @return what was decided; a conflict about the object, never one about the lease
    /// @throws ApiFault 503 when the store is away or the term over, 504 when the outcome is unknown
    CommitResult put(Intent intent, long expected, byte[] bytes, Duration lifetime) {
        return acknowledged(bound(intent, expected == 0 ? "create" : "update",
                unchanged -> store.commit(intent.storeKey(), expected, bytes, lifetime, unchanged)));
    }

    /// Deletes a key at a revision.
    ///
    /// @throws ApiFault as [#put]
    CommitResult delete(Intent intent, long expected) {
        return acknowledged(bound(intent, "delete",
                unchanged -> store.delete(intent.storeKey(), expected, unchanged)));
    }

    /// Whether the same content would be stored in another form than it is: it was encrypted with a key of the past.
    /// @throws ApiFault 503, 504
    boolean outdated(Intent intent) {
        return store.outdated(intent.storeKey());
    }

    /// The version that was in the way, null when there is none. From the store's answer: memory may not have it
    /// yet.
    @Nullable
    Item newer(Conflict conflict) {
        return conflict.current().map(rows::item).orElse(null);
    }

    /// A read that begins after the answer waits until memory has come this far: who was refused finds what was in the
    /// way without asking the store for it.
    private CommitResult acknowledged(CommitResult result) {
        switch (result) {
            case CommitResult.Committed c -> log.acknowledged(c.revision());
            case Conflict c -> c.current().ifPresent(there -> log.acknowledged(there.revision()));
        }
        return result;
    }

    /// A write behind a store that has been silent is refused at once.
    private CommitResult bound(Intent intent, String operation, Function<Unchanged[], CommitResult> attempt) {
        fence.mustAnswer();
        Term term = intent.term();
        if (term == null) {
            return observed(intent, operation, attempt);
        }
        String lease = kinds.find(LEASES).map(kind -> StorageKeys.of(kind, term.lease()))
                .orElseThrow(() -> ApiFault.unavailable("leases are not served"));
        long revision = term.revision();
        for (int left = RENEWALS; revision > 0 && left > 0; left--) {
            CommitResult result = observed(intent, operation, attempt, new Unchanged(lease, revision));
            if (!(result instanceof Conflict c) || c.unchangedKey().isEmpty()) {
                return result;
            }
            long renewed = term.after(revision, RENEWAL);
            revision = renewed == revision ? 0 : renewed;
        }
        throw ObjectRegistry.notLeading();
    }

    /// What is waited for a lease is not the store's.
    private CommitResult observed(Intent intent, String operation, Function<Unchanged[], CommitResult> attempt,
            Unchanged... unchanged) {
        long begun = System.nanoTime();
        try {
            return attempt.apply(unchanged);
        } finally {
            long took = System.nanoTime() - begun;
            observer.took(intent.target().gvr(), operation, took);
            intent.warnings().stored(took);
        }
    }
}
