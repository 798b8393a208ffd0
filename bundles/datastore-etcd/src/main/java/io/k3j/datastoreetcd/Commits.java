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
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Changes, each one transaction.
final class Commits {
    private static final long LIMIT_NANOS = 1_900_000_000L;
    private final EtcdKv kv;
    private final Attempts attempts;
    private final History history;
    private final Tail tail;
    private final Gate gate;
    private final Claims claims = new Claims();
    private final Era era;

    Commits(EtcdKv kv, Attempts attempts, History history, Tail tail, Gate gate) {
        this.kv = kv;
        this.era = new Era(kv);
        this.attempts = attempts;
        this.history = history;
        this.tail = tail;
        this.gate = gate;
    }

    /// What is asked for; a null value deletes.
    record Wish(String key, long expected, byte @Nullable [] value, Duration timeToLive, List<Unchanged> unchanged) {
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

    /// Carries it out at most once and says what became of it, within two seconds.
    CommitResult carryOut(Wish wish) {
        gate.enter();
        try {
            return new Run(wish, claims.enter(wish.key, wish.expected)).result();
        } finally {
            claims.leave(wish.key, wish.expected);
            gate.leave();
        }
    }

    /// One wish on its way.
    private final class Run {
        private final Wish wish;
        private final Claims.Rivals rivals;
        private final long deadline = System.nanoTime() + LIMIT_NANOS;
        /// Nothing up to this revision can be ours.
        private final long begun = tail.known();
        /// An attempt of ours may have taken place, or may still.
        private boolean uncertain;
        /// The era of the last attempt to create.
        private long tried;
        private boolean interrupted;
        private long lease;

        Run(Wish wish, Claims.Rivals rivals) {
            this.wish = wish;
            this.rivals = rivals;
        }

        CommitResult result() {
            try {
                for (int n = 0;; n++) {
                    try {
                        return attempt();
                    } catch (EtcdFailure e) {
                        again(e, n);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private CommitResult attempt() {
            if (lease == 0 && !wish.timeToLive().isZero()) {
                lease = kv.lease(seconds(wish.timeToLive()), limit());
            }
            Optional<CommitResult> earlier = wish.creates() && uncertain ? created() : Optional.empty();
            return earlier.isPresent() ? earlier.get() : sent();
        }

        private CommitResult sent() {
            tried = era.known();
            EtcdTxn.Result result = kv.commit(wish.txn(lease, tried), limit());
            tail.seen(result.revision());
            if (result.succeeded()) {
                return committed(result.revision());
            }
            CommitResult.Conflict conflict = conflict(result.read());
            if (wish.creates()) {
                boolean over = era.over(tried, result.read().getLast());
                return over && conflict.current().isEmpty() && conflict.unchangedKey().isEmpty() ? next() : conflict;
            }
            return uncertain && conflict.unchangedKey().isEmpty() ? lookedUp(conflict) : conflict;
        }

        /// Another one that wished the same may have been told that this change is his. Then this one came too late,
        /// and hears what there is now.
        private CommitResult committed(long revision) {
            return rivals.claim(revision) ? new CommitResult.Committed(revision) : attempt();
        }

        /// Nothing has taken place: once more in the era there is now.
        private CommitResult next() {
            if (Attempts.over(deadline)) {
                throw new EtcdFailure(EtcdFailure.Kind.OVERLOADED, "other creations are being looked up");
            }
            return sent();
        }

        /// What became of the attempt to create that was not answered; empty: it never took place and never will.
        private Optional<CommitResult> created() {
            long last = era.end(tried, limit());
            tail.seen(last);
            Optional<CommitResult> found = log(last).filter(this::ours)
                    .filter(change -> rivals.claim(change.revision()))
                    .map(change -> (CommitResult) new CommitResult.Committed(change.revision())).findFirst();
            uncertain = false;
            return found;
        }

        /// The changes since this wish came, up to a revision that is the driver's own.
        private Stream<Change> log(long last) {
            try {
                return history.since(wish.key(), begun, last, deadline - System.nanoTime()).stream();
            } catch (Compacted e) {
                throw lost(e);
            } catch (InterruptedException e) {
                interrupted = true;
                return log(last);
            }
        }

        private Duration limit() {
            return attempts.next(deadline - System.nanoTime());
        }

        /// Prepares another attempt, if there is time for one.
        private void again(EtcdFailure why, int n) {
            uncertain |= why.kind() == EtcdFailure.Kind.UNCERTAIN;
            // a commit cannot be taken back, so an interrupt does not end it; it is kept
            interrupted |= Thread.interrupted();
            if (!Attempts.isFinal(why)) {
                gate.pause(Attempts.pause(why, n));
            }
            if (Attempts.isFinal(why) || gate.closed() || Attempts.over(deadline)) {
                throw Attempts.unavailable("commit", why, uncertain);
            }
        }

        private CommitResult.Conflict conflict(List<EtcdPage> read) {
            Optional<Entry> current = first(read.getFirst()).map(Changes::entry);
            if (current.map(Entry::revision).orElse(0L) == wish.expected()) {
                for (int i = 0; i < wish.unchanged().size(); i++) {
                    Unchanged other = wish.unchanged().get(i);
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

        /// The key has moved since an attempt of ours that was not answered: was that us?
        private CommitResult lookedUp(CommitResult.Conflict conflict) {
            EtcdEvent event = since(1 + wish.expected()).getFirst();
            return ours(event) && rivals.claim(event.key().modRevision())
                    ? new CommitResult.Committed(event.key().modRevision()) : somebodyElse(event, conflict);
        }

        private List<EtcdEvent> since(long revision) {
            try {
                return history.of(wish.key(), revision, limit());
            } catch (Compacted e) {
                throw lost(e);
            } catch (InterruptedException e) {
                interrupted = true;
                return since(revision);
            }
        }

        private static DatastoreUnavailable lost(Compacted why) {
            return new DatastoreUnavailable("commit: the connection to etcd broke and the key's history is gone", why,
                    true);
        }

        private boolean ours(EtcdEvent event) {
            return wish.value() != null && !event.deletion() && event.key().modRevision() > begun
                    && Arrays.equals(wish.value(), event.key().value());
        }

        private boolean ours(Change change) {
            return change.createRevision() == change.revision() && !change.deletion()
                    && Arrays.equals(wish.value(), change.bytes());
        }

        private CommitResult somebodyElse(EtcdEvent event, CommitResult.Conflict conflict) {
            if (wish.value() == null && event.deletion()) {
                // nothing tells our deletion from another's
                throw new DatastoreUnavailable("delete: the connection to etcd broke; the key is gone",
                        new IllegalStateException("unknown"), true);
            }
            return conflict;
        }
    }

    /// Whole seconds, never too early: etcd counts from the grant, which is before the commit.
    private static long seconds(Duration timeToLive) {
        return timeToLive.plusNanos(999_999_999).toSeconds() + 1;
    }
}
