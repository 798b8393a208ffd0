package io.k3j.datastoreetcd;

import io.k3j.jetcd.EtcdClient;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdWatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// Where history begins. etcd tells that only to those who ask for what lies before: a read is refused, and a
/// refused watch names the revision.
final class Compactions {
    /// A key nobody uses.
    static final EtcdRange NOTHING = EtcdRange.key("\0");
    private static final Duration LIMIT = Duration.ofMillis(1_900);
    private static final Duration COMPACTION_LIMIT = Duration.ofSeconds(30);
    private final EtcdClient client;
    private final EtcdKv kv;
    private final Attempts attempts;
    private final AtomicLong bound = new AtomicLong();

    Compactions(EtcdClient client, Attempts attempts) {
        this.client = client;
        this.kv = new EtcdKv(client);
        this.attempts = attempts;
    }

    /// The last known one.
    long known() {
        return bound.get();
    }

    /// The one in force.
    long current() {
        try {
            long at = Math.max(1, bound.get());
            attempts.call("read the compaction revision", LIMIT, limit -> kv.count(NOTHING, at, limit));
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                raise(attempts.call("read the compaction revision", LIMIT, this::ask));
            }
        }
        return bound.get();
    }

    private long ask(Duration limit) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        try (EtcdWatch _ = EtcdWatch.open(client, NOTHING, 1, told -> {
            if (told.compactRevision() > 0) {
                answer.complete(told.compactRevision());
            }
        }, limit)) {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "etcd does not name its compaction revision");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "interrupted");
        }
    }

    /// Compacts up to `revision`, which exists, and returns the bound in force.
    long compact(long revision) {
        if (revision <= bound.get()) {
            return bound.get();
        }
        try {
            attempts.call("compact", COMPACTION_LIMIT, limit -> {
                kv.compact(revision, limit);
                return revision;
            });
            raise(revision);
            return bound.get();
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                return current();
            }
            throw Attempts.unavailable("compact", e, false);
        }
    }

    /// The store has gone back to an older state: where its history begins is not known.
    void forget() {
        bound.set(0);
    }

    /// History begins here, or later.
    void raise(long revision) {
        bound.accumulateAndGet(revision, Math::max);
    }
}
