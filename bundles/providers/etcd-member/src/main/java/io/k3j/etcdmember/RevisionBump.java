package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdRange;
import io.k3j.jetcd.EtcdTxn;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;

/// Keeps revisions from going back when data is replaced: clients remember revisions (Kubernetes:
/// resourceVersion), and a revision must never denote two different states.
final class RevisionBump {
    /// Added to the newest noted revision, because not every revision is noted.
    static final long MARGIN = 10_000;
    private static final String KEY = "k3s/revision";
    private static final int WRITERS = 64;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// etcd removes a thousand revisions at a time, and rests between them.
    private static final Duration COMPACT_LIMIT = Duration.ofMinutes(10);

    private RevisionBump() {
    }

    /// Writes until the store's revision exceeds `target`, then compacts, so that a watch from an older
    /// revision has to list again. etcd may be ended afterwards: no key has the last revision, so a restart knows it
    /// only from a compaction that was finished.
    static long raise(EtcdKv kv, long target) throws IOException, InterruptedException {
        AtomicLong newest = new AtomicLong(revision(kv));
        AtomicLong remaining = new AtomicLong(target - newest.get());
        try (ExecutorService writers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("etcd-raise").factory())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                all.add(writers.submit(() -> {
                    while (remaining.getAndDecrement() > 0) {
                        EtcdTxn.Result put = kv.commit(new EtcdTxn().put(KEY, new byte[0], 0), LIMIT);
                        newest.accumulateAndGet(put.revision(), Math::max);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("cannot raise etcd's revision: " + Objects.requireNonNull(e.getCause()).getMessage(),
                    e);
        }
        long last = kv.commit(new EtcdTxn().delete(KEY), LIMIT).revision();
        compact(kv, last);
        return last;
    }

    private static void compact(EtcdKv kv, long revision) throws IOException {
        try {
            kv.compactPhysically(revision, COMPACT_LIMIT);
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw new IOException("cannot compact etcd: " + e.getMessage(), e);
            }
        }
    }

    static long revision(EtcdKv kv) {
        return kv.count(EtcdRange.key("\0"), 0, LIMIT).revision();
    }

    /// Writes the newest revision to disk. Losing it is harmless: [#MARGIN] covers the difference.
    static void note(EtcdLayout layout, long revision) throws IOException {
        Files.writeString(layout.revision(), Long.toString(revision));
    }

    /// The last revision noted.
    static Optional<Long> noted(EtcdLayout layout) {
        try {
            return Optional.of(Long.valueOf(Files.readString(layout.revision()).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
