package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps revisions from going back when data is replaced: clients remember revisions (Kubernetes:
/// resourceVersion), and a revision must never denote two different states.
final class RevisionBump {
    /// Added to the newest revision known, because not every revision is noted.
    static final long MARGIN = 10_000;
    /// Writes under way at a time. etcd syncs all that have come meanwhile at once, so on a slow disk their number
    /// is what counts; it refuses when 5,000 are committed and not applied.
    static final int WRITERS = 512;
    /// How much is written before the next compaction begins, which may go on during as much again: etcd's quota
    /// (2 GiB) holds some ten million revisions.
    static final long COMPACT_EVERY = 100_000;
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private RevisionBump() {
    }

    /// What raising needs of etcd. Any thread; every call blocks for its answer.
    interface Writes {
        long revision();

        /// One write, which makes one revision.
        /// @return the revision it made
        long put();

        /// Removes what [#put] wrote. That makes a revision; where nothing was written there is none to remove, and
        /// no revision is made.
        /// @return the newest revision there is then
        long delete();

        /// Forgets what was superseded at or before a revision; returns when that is done and written down.
        void compact(long revision) throws IOException;
    }

    /// One key of an etcd, which nobody else uses.
    private record KeyWrites(EtcdKv kv) implements Writes {
        private static final String KEY = "k3s/revision";
        private static final Duration PUT_LIMIT = Duration.ofMinutes(1);
        /// etcd removes a thousand revisions at a time, and rests between them.
        private static final Duration COMPACT_LIMIT = Duration.ofMinutes(10);

        @Override
        public long revision() {
            return RevisionBump.revision(kv);
        }

        @Override
        public long put() {
            return kv.commit(new EtcdTxn().put(KEY, new byte[0], 0), PUT_LIMIT).revision();
        }

        @Override
        public long delete() {
            return kv.commit(new EtcdTxn().delete(KEY), LIMIT).revision();
        }

        @Override
        public void compact(long revision) throws IOException {
            try {
                kv.compactPhysically(revision, COMPACT_LIMIT);
            } catch (EtcdFailure e) {
                if (e.kind() != EtcdFailure.Kind.COMPACTED) {
                    throw new IOException("cannot compact etcd: " + e.getMessage(), e);
                }
            }
        }
    }

    /// Writes until the store's revision exceeds `target`, then compacts, so that a watch from an older
    /// revision has to list again. etcd may be ended afterwards: no key has the last revision, so a restart knows it
    /// only from a compaction that was finished.
    static long raise(EtcdKv kv, long target) throws IOException, InterruptedException {
        return raise(new KeyWrites(kv), target);
    }

    /// The same with these writes.
    static long raise(Writes writes, long target) throws IOException, InterruptedException {
        long reached = writes.revision();
        long above = target + 1;
        if (reached < above) {
            LOG.log(System.Logger.Level.INFO, "Raising the revision of etcd from=" + reached + " to=" + above);
        }
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("etcd-raise").factory())) {
            Future<?> compaction = CompletableFuture.completedFuture(null);
            while (reached < above) {
                reached = write(threads, writes, Math.min(COMPACT_EVERY, above - reached));
                outcome(compaction);
                long upTo = reached;
                if (upTo < above) {
                    LOG.log(System.Logger.Level.INFO, "Raising the revision of etcd reached=" + upTo + " to=" + above);
                    compaction = threads.submit(() -> {
                        writes.compact(upTo);
                        return upTo;
                    });
                }
            }
            outcome(compaction);
        } catch (ExecutionException e) {
            throw new IOException("cannot raise etcd's revision: " + Objects.requireNonNull(e.getCause()).getMessage(),
                    e);
        }
        long last = writes.delete();
        writes.compact(last);
        return last;
    }

    private static void outcome(Future<?> work) throws ExecutionException, InterruptedException {
        work.get();
    }

    /// Returns the newest revision made.
    private static long write(ExecutorService threads, Writes writes, long number)
            throws ExecutionException, InterruptedException {
        AtomicLong newest = new AtomicLong();
        AtomicLong remaining = new AtomicLong(number);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            all.add(threads.submit(() -> {
                while (remaining.getAndDecrement() > 0) {
                    newest.accumulateAndGet(writes.put(), Math::max);
                }
            }));
        }
        for (Future<?> one : all) {
            outcome(one);
        }
        return newest.get();
    }

    static long revision(EtcdKv kv) {
        return kv.count(EtcdRange.key("\0"), 0, LIMIT).revision();
    }

    /// What a restored snapshot is raised to: above all that was noted here, and above what was written after the
    /// snapshot where the note is older or of another cluster.
    static long target(Optional<Long> noted, long snapshot) {
        return Math.max(noted.orElse(0L), snapshot) + MARGIN;
    }

    /// Notes the newest revision now and then. One thread.
    static final class Notes {
        /// Revisions between two notes.
        private static final long INTERVAL = 1_000;
        private final EtcdLayout layout;
        private long noted;
        private boolean told;

        Notes(EtcdLayout layout) {
            this.layout = layout;
        }

        /// Etcd has this revision. A note that cannot be written, as on a full disk, is told once and tried again with
        /// the next revision seen: etcd goes on, and the last note still counts.
        void seen(long revision) {
            if (revision < noted + INTERVAL) {
                return;
            }
            try {
                note(layout, revision);
                noted = revision;
                told = false;
            } catch (IOException e) {
                LOG.log(told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING, "Cannot note the revision of"
                        + " etcd, which a restore goes above, in " + layout.revision() + ", retrying: " + e);
                told = true;
            }
        }
    }

    /// Writes the newest revision to disk, for the case that this server's data is lost or replaced.
    static void note(EtcdLayout layout, long revision) throws IOException {
        DurableFiles.write(layout.revision(), Long.toString(revision), "rw-------");
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
