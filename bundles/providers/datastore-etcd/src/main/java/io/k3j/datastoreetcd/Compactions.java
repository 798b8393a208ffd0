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

/// The compaction revision. etcd reports it only indirectly: a read below it is refused, and a refused watch
/// names the revision.
final class Compactions {
    /// A key that never exists, for reads of the revision alone.
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

    /// The last known compaction revision; does not block.
    long known() {
        return bound.get();
    }

    /// The current compaction revision. Blocks on etcd.
    long current() {
        try {
            long at = Math.max(1, bound.get());
            attempts.call("read the compaction revision", LIMIT, limit -> kv.count(NOTHING, at, limit));
        } catch (EtcdFailure e) {
            if (e.kind() == EtcdFailure.Kind.COMPACTED) {
                raise(attempts.call("read the compaction revision", LIMIT, this::askByWatch));
            }
        }
        return bound.get();
    }

    private long askByWatch(Duration limit) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        try (EtcdWatch _ = EtcdWatch.open(client, NOTHING, 1, response -> {
            if (response.compactRevision() > 0) {
                answer.complete(response.compactRevision());
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

    /// Compacts up to `revision`, which has to exist; returns the compaction revision after that.
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
                // another client has compacted at least that far; only a watch tells how far
                raise(revision);
                return current();
            }
            throw Attempts.unavailable("compact", e, false);
        }
    }

    /// After the cluster was restored to an older state, its compaction revision is unknown.
    void forget() {
        bound.set(0);
    }

    /// Records that history begins at this revision or later.
    void raise(long revision) {
        bound.accumulateAndGet(revision, Math::max);
    }
}
