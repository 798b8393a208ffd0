package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.jetcd.EtcdEvent;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdTxn;
import io.k3j.logtail.LogTail;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Commits: each is one etcd transaction.
final class EtcdCommits {
    private static final long LIMIT_NANOS = 1_900_000_000L;
    private final EtcdKv kv;
    private final Attempts attempts;
    private final EtcdHistory history;
    private final LogTail tail;
    private final Gate gate;
    private final CommitClaims claims = new CommitClaims();
    private final Era era;

    EtcdCommits(EtcdKv kv, Attempts attempts, EtcdHistory history, LogTail tail, Gate gate) {
        this.kv = kv;
        this.era = new Era(kv);
        this.attempts = attempts;
        this.history = history;
        this.tail = tail;
        this.gate = gate;
    }

    /// A requested change; a null value deletes.
    record Request(String key, long expected, byte @Nullable [] value, Duration timeToLive, List<Unchanged> unchanged) {
        boolean creates() {
            return expected == 0;
        }

        EtcdTxn txn(long lease, long era) {
            EtcdTxn txn = new EtcdTxn().when(key, expected);
            unchanged.forEach(other -> txn.when(other.key(), other.revision()));
            if (value == null) {
                txn.delete(key);
            } else {
                txn.put(key, value, lease);
            }
            txn.orRead(key);
            unchanged.forEach(other -> txn.orRead(other.key()));
            if (creates()) {
                Era.bind(txn, era);
            }
            return txn;
        }
    }

    /// Applies the request at most once and returns its outcome, within two seconds.
    /// @throws DatastoreUnavailable when etcd does not answer; its `outcomeUnknown` tells whether the change
    ///        may have been applied
    CommitResult carryOut(Request request) {
        gate.enter();
        try {
            return new Run(request, claims.enter(request.key, request.expected)).result();
        } finally {
            claims.leave(request.key, request.expected);
            gate.leave();
        }
    }

    /// One request in progress.
    private final class Run {
        private final Request request;
        private final CommitClaims.Rivals rivals;
        private final long deadline = System.nanoTime() + LIMIT_NANOS;
        /// Changes up to this revision cannot be ours.
        private final long startRevision = tail.known();
        /// Whether an attempt may have been applied, or may still be.
        private boolean uncertain;
        /// Whether the last attempt came to sending the change.
        private boolean sent;
        /// The era of the last attempt to create the key.
        private long tried;
        private boolean interrupted;
        private long lease;

        Run(Request request, CommitClaims.Rivals rivals) {
            this.request = request;
            this.rivals = rivals;
        }

        CommitResult result() {
            try {
                for (int n = 0;; n++) {
                    try {
                        return attempt();
                    } catch (EtcdFailure e) {
                        prepareRetry(e, n);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private CommitResult attempt() {
            sent = false;
            if (lease == 0 && !request.timeToLive().isZero()) {
                lease = kv.lease(seconds(request.timeToLive()), limit());
            }
            Optional<CommitResult> earlier = request.creates() && uncertain ? findCreation() : Optional.empty();
            return earlier.isPresent() ? earlier.get() : send();
        }

        private CommitResult send() {
            tried = request.creates() ? era.current(this::limit) : 0;
            sent = true;
            EtcdTxn.Result result = kv.commit(request.txn(lease, tried), limit());
            tail.seen(result.revision());
            if (result.succeeded()) {
                return committed(result.revision());
            }
            CommitResult.Conflict conflict = conflict(result.read());
            if (request.creates()) {
                boolean ended = era.ended(tried, result.read().getLast());
                return ended && conflict.current().isEmpty() && conflict.unchangedKey().isEmpty() ? sendInNewEra()
                        : conflict;
            }
            return uncertain && conflict.unchangedKey().isEmpty() ? resolveConflict(conflict) : conflict;
        }

        /// Another commit of the same change may have claimed this revision already. This request was too late
        /// then, and reports what is stored now.
        private CommitResult committed(long revision) {
            return rivals.claim(revision) ? new CommitResult.Committed(revision) : attempt();
        }

        /// Nothing was applied; tries once more in the current era.
        private CommitResult sendInNewEra() {
            if (Attempts.expired(deadline)) {
                throw new EtcdFailure(EtcdFailure.Kind.OVERLOADED, "other creations are being looked up");
            }
            return send();
        }

        /// The outcome of an unanswered attempt to create the key; empty when it was not applied and never will
        /// be.
        private Optional<CommitResult> findCreation() {
            long last = era.end(tried, limit());
            tail.seen(last);
            Optional<CommitResult> found = log(last).filter(this::isOwn)
                    .filter(change -> rivals.claim(change.revision()))
                    .map(change -> (CommitResult) new CommitResult.Committed(change.revision())).findFirst();
            uncertain = false;
            return found;
        }

        /// The changes of the key since this request began, up to `last`.
        private Stream<Change> log(long last) {
            try {
                return history.since(request.key(), startRevision, last, deadline - System.nanoTime()).stream();
            } catch (Compacted e) {
                throw historyLost(e);
            } catch (InterruptedException e) {
                interrupted = true;
                return log(last);
            }
        }

        private Duration limit() {
            return attempts.timeLimit(deadline - System.nanoTime());
        }

        /// Pauses before another attempt, if there is time for one; throws otherwise.
        private void prepareRetry(EtcdFailure why, int n) {
            uncertain |= sent && why.kind() == EtcdFailure.Kind.UNCERTAIN;
            // a commit cannot be withdrawn, so an interrupt does not end it; it is restored afterwards
            interrupted |= Thread.interrupted();
            if (!Attempts.isFinal(why)) {
                gate.pause(Attempts.pause(why, n));
            }
            if (Attempts.isFinal(why) || gate.closed() || Attempts.expired(deadline)) {
                if (uncertain && request.creates()) {
                    era.doubt(tried);
                }
                throw Attempts.unavailable("commit", why, uncertain);
            }
        }

        private CommitResult.Conflict conflict(List<EtcdPage> read) {
            Optional<Entry> current = first(read.getFirst()).map(EtcdChanges::entry);
            if (current.map(Entry::revision).orElse(0L) == request.expected()) {
                for (int i = 0; i < request.unchanged().size(); i++) {
                    Unchanged other = request.unchanged().get(i);
                    if (first(read.get(i + 1)).map(EtcdKey::modRevision).orElse(0L) != other.revision()) {
                        return new CommitResult.Conflict(current, Optional.of(other.key()));
                    }
                }
            }
            return new CommitResult.Conflict(current, Optional.empty());
        }

        private static Optional<EtcdKey> first(EtcdPage page) {
            return page.keys().stream().findFirst();
        }

        /// The key has changed since an attempt that was not answered; finds out whether this request changed
        /// it.
        private CommitResult resolveConflict(CommitResult.Conflict conflict) {
            EtcdEvent event = eventsSince(1 + request.expected()).getFirst();
            return isOwn(event) && rivals.claim(event.key().modRevision())
                    ? new CommitResult.Committed(event.key().modRevision()) : foreignChange(event, conflict);
        }

        private List<EtcdEvent> eventsSince(long revision) {
            try {
                return history.of(request.key(), revision, limit());
            } catch (Compacted e) {
                throw historyLost(e);
            } catch (InterruptedException e) {
                interrupted = true;
                return eventsSince(revision);
            }
        }

        private static DatastoreUnavailable historyLost(Compacted why) {
            return new DatastoreUnavailable("commit: the connection to etcd broke and the key's history is gone", why,
                    true);
        }

        private boolean isOwn(EtcdEvent event) {
            return request.value() != null && !event.deletion() && event.key().modRevision() > startRevision
                    && Arrays.equals(request.value(), event.key().value());
        }

        private boolean isOwn(Change change) {
            return change.createRevision() == change.revision() && !change.deletion()
                    && Arrays.equals(request.value(), change.bytes());
        }

        private CommitResult foreignChange(EtcdEvent event, CommitResult.Conflict conflict) {
            if (request.value() == null && event.deletion()) {
                // a deletion carries no value, so ours cannot be told from another client's
                throw new DatastoreUnavailable("delete: the connection to etcd broke; the key is gone",
                        new IllegalStateException("unknown"), true);
            }
            return conflict;
        }
    }

    /// Whole seconds, such that the row never expires too early: etcd counts from the grant, which precedes the
    /// commit.
    private static long seconds(Duration timeToLive) {
        return timeToLive.plusNanos(999_999_999).toSeconds() + 1;
    }
}
