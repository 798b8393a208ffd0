package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.etcdclient.EtcdEvent;
import io.k3j.etcdclient.EtcdFailure;
import io.k3j.etcdclient.EtcdKey;
import io.k3j.etcdclient.EtcdKv;
import io.k3j.etcdclient.EtcdPage;
import io.k3j.etcdclient.EtcdTxn;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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

    Commits(EtcdKv kv, Attempts attempts, History history, Tail tail, Gate gate) {
        this.kv = kv;
        this.attempts = attempts;
        this.history = history;
        this.tail = tail;
        this.gate = gate;
    }

    /// What is asked for; a null value deletes.
    record Wish(String key, long expected, byte @Nullable [] value, Duration timeToLive, List<Unchanged> unchanged) {
        EtcdTxn txn(long lease) {
            EtcdTxn txn = new EtcdTxn().when(key, expected);
            unchanged.forEach(other -> txn.when(other.key(), other.revision()));
            if (value == null) {
                txn.delete(key);
            } else {
                txn.put(key, value, lease);
            }
            txn.orRead(key);
            unchanged.forEach(other -> txn.orRead(other.key()));
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
        private boolean uncertain;
        private boolean interrupted;
        private long lease;

        Run(Wish wish, Claims.Rivals rivals) {
            this.wish = wish;
            this.rivals = rivals;
        }

        CommitResult result() {
            try {
                while (true) {
                    try {
                        return attempt();
                    } catch (EtcdFailure e) {
                        again(e);
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
            EtcdTxn.Result result = kv.commit(wish.txn(lease), limit());
            tail.seen(result.revision());
            if (result.succeeded()) {
                return committed(result.revision());
            }
            CommitResult.Conflict conflict = conflict(result.read());
            return uncertain && conflict.unchangedKey().isEmpty() ? lookedUp(conflict) : conflict;
        }

        /// Another one that wished the same may have been told that this change is his. Then this one came too late,
        /// and hears what there is now.
        private CommitResult committed(long revision) {
            return rivals.claim(revision) ? new CommitResult.Committed(revision) : attempt();
        }

        private Duration limit() {
            return attempts.next(deadline - System.nanoTime());
        }

        /// Prepares another attempt, if there is time for one.
        private void again(EtcdFailure why) {
            uncertain |= why.kind() == EtcdFailure.Kind.UNCERTAIN;
            // a commit cannot be taken back, so an interrupt does not end it; it is kept
            interrupted |= Thread.interrupted();
            if (!Attempts.isFinal(why)) {
                gate.pause(Attempts.PAUSE_MILLIS);
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
            for (EtcdEvent event : since(1 + (wish.expected() > 0 ? wish.expected() : begun))) {
                if (ours(event) && rivals.claim(event.key().modRevision())) {
                    return new CommitResult.Committed(event.key().modRevision());
                }
                if (wish.expected() > 0) {
                    return somebodyElse(event, conflict);
                }
            }
            return conflict;
        }

        private List<EtcdEvent> since(long revision) {
            try {
                return history.of(wish.key(), revision, limit());
            } catch (Compacted e) {
                throw new DatastoreUnavailable("commit: the connection to etcd broke and the key's history is gone", e,
                        true);
            } catch (InterruptedException e) {
                interrupted = true;
                return since(revision);
            }
        }

        private boolean ours(EtcdEvent event) {
            return wish.value() != null && !event.deletion() && event.key().modRevision() > begun
                    && Arrays.equals(wish.value(), event.key().value())
                    && (wish.expected() > 0 || event.key().version() == 1);
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
