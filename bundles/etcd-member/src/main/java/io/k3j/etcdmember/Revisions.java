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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;

/// Keeps revisions from going back when data comes from elsewhere: clients remember revisions, and a number that
/// meant one thing must not come to mean another.
final class Revisions {
    /// Beyond the newest revision that was noted, because not every one is.
    static final long MARGIN = 10_000;
    private static final String KEY = "k3s/revision";
    private static final int WRITERS = 64;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Revisions() {
    }

    /// Writes until the store's revision is above `target`, then forgets what lies before: a watch from there is told
    /// to list again.
    static long raise(EtcdKv kv, long target) throws IOException, InterruptedException {
        AtomicLong newest = new AtomicLong(revision(kv));
        AtomicLong left = new AtomicLong(target - newest.get());
        try (ExecutorService writers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("etcd-raise").factory())) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                all.add(writers.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        EtcdTxn.Result put = kv.commit(new EtcdTxn().put(KEY, new byte[0], 0), LIMIT);
                        newest.accumulateAndGet(put.revision(), Math::max);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("cannot raise etcd's revision: " + e.getCause().getMessage(), e);
        }
        long last = kv.commit(new EtcdTxn().delete(KEY), LIMIT).revision();
        compact(kv, last);
        return last;
    }

    private static void compact(EtcdKv kv, long revision) throws IOException {
        try {
            kv.compact(revision, LIMIT);
        } catch (EtcdFailure e) {
            if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                throw new IOException("cannot compact etcd: " + e.getMessage(), e);
            }
        }
    }

    static long revision(EtcdKv kv) {
        return kv.count(EtcdRange.key("\0"), 0, LIMIT).revision();
    }

    /// Notes the newest revision on disk; losing the note is no harm.
    static void note(Places places, long revision) throws IOException {
        Files.writeString(places.revision(), Long.toString(revision));
    }

    /// The last one noted.
    static Optional<Long> noted(Places places) {
        try {
            return Optional.of(Long.valueOf(Files.readString(places.revision()).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
