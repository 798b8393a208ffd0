package io.k3j.datastorememory;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.FutureRevision;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A [Datastore] in memory. Whatever is committed counts as durable. It never forgets before a compaction.
public final class MemoryDatastore implements Datastore, AutoCloseable {
    /// What a page of a range with a limit weighs, about.
    private static final long PAGE_BYTES = 8L << 20;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Versions versions = new Versions();
    private final Lifetimes lifetimes = new Lifetimes((key, revision) -> delete(key, revision));
    private long revision = 1;
    private long compactRevision;
    private long bytes;
    private final boolean shared;
    private boolean closed;

    /// For one server.
    public MemoryDatastore() {
        this(false);
    }

    /// For several servers of one process when `shared`.
    public MemoryDatastore(boolean shared) {
        this.shared = shared;
    }

    @Override
    public boolean shared() {
        return shared;
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration timeToLive, Unchanged... unchanged) {
        CommitResult result = change(key, expected, value, unchanged);
        if (result instanceof CommitResult.Committed(long at) && !timeToLive.isZero()) {
            lifetimes.add(key, at, timeToLive);
        }
        return result;
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... unchanged) {
        if (expected <= 0) {
            throw new IllegalArgumentException("a deletion names the revision it deletes, not " + expected);
        }
        return change(key, expected, null, unchanged);
    }

    private CommitResult change(String key, long expected, byte @Nullable [] value, Unchanged... unchanged) {
        if (key.isEmpty() || key.equals("compact_rev_key") || key.startsWith("gap-")) {
            throw new IllegalArgumentException("not a key for values: '" + key + "'");
        }
        return locked(() -> {
            Optional<Entry> current = versions.at(key, revision);
            if (at(current) != expected) {
                return new CommitResult.Conflict(current, Optional.empty());
            }
            Optional<Unchanged> other = Arrays.stream(unchanged)
                    .filter(u -> at(versions.at(u.key(), revision)) != u.revision()).findFirst();
            if (other.isPresent()) {
                return new CommitResult.Conflict(current, other.map(Unchanged::key));
            }
            append(key, value, current);
            return new CommitResult.Committed(revision);
        });
    }

    private void append(String key, byte @Nullable [] value, Optional<Entry> current) {
        revision++;
        bytes += key.length() + (value == null ? 0 : value.length);
        versions.add(new Change(key, revision, current.map(Entry::createRevision).orElse(revision), value, current));
        moved.signalAll();
    }

    private static long at(Optional<Entry> entry) {
        return entry.map(Entry::revision).orElse(0L);
    }

    @Override
    public Optional<Entry> get(String key) {
        return locked(() -> versions.at(key, revision));
    }

    @Override
    public Optional<Entry> get(String key, long at) {
        return locked(() -> {
            check(at);
            return versions.at(key, at);
        });
    }

    @Override
    public Page range(String prefix, String start, int limit, long at) {
        return locked(() -> {
            long when = at == 0 ? revision : at;
            check(when);
            List<Entry> all = versions.range(prefix, start, when);
            int fitting = limit == 0 ? all.size() : Math.min(limit, fitting(all));
            boolean more = all.size() > fitting;
            return new Page(more ? List.copyOf(all.subList(0, fitting)) : all, more, when);
        });
    }

    /// How many of the first make a page, one at least.
    private static int fitting(List<Entry> all) {
        long bytes = 0;
        int fitting = 0;
        while (fitting < all.size() && (fitting == 0 || bytes < PAGE_BYTES)) {
            bytes += all.get(fitting++).value().length;
        }
        return fitting;
    }

    private void check(long at) {
        if (at < compactRevision) {
            throw new Compacted(compactRevision);
        }
        if (at > revision) {
            throw new FutureRevision(revision);
        }
    }

    @Override
    public Count count(String prefix) {
        return locked(() -> new Count(versions.range(prefix, "", revision).size(), revision));
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return locked(() -> {
            if (afterRevision < compactRevision) {
                throw new Compacted(compactRevision);
            }
            return new MemoryWatch(prefix, afterRevision);
        });
    }

    @Override
    public long revision() {
        return locked(() -> revision);
    }

    @Override
    public long compactRevision() {
        return locked(() -> compactRevision);
    }

    @Override
    public long compact(long target) {
        return locked(() -> {
            compactRevision = Math.max(compactRevision, Math.min(target, revision));
            versions.compact(compactRevision);
            return compactRevision;
        });
    }

    /// Bytes ever committed.
    @Override
    public long size() {
        return locked(() -> bytes);
    }

    /// Ends watches and refuses everything from now on.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        lifetimes.close();
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            if (closed) {
                throw unavailable();
            }
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static DatastoreUnavailable unavailable() {
        return new DatastoreUnavailable("the datastore is shutting down", new IllegalStateException("closed"), false);
    }

    private final class MemoryWatch implements Watch {
        private final String prefix;
        private long position;
        private boolean over;

        MemoryWatch(String prefix, long after) {
            this.prefix = prefix;
            position = after;
        }

        @Override
        public Batch next(Duration atMost) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long left = atMost.toNanos();
                List<Change> found = advance();
                while (found.isEmpty() && left > 0 && !over) {
                    left = moved.awaitNanos(left);
                    found = advance();
                }
                return new Batch(found, position);
            } finally {
                lock.unlock();
            }
        }

        private List<Change> advance() {
            if (closed) {
                throw unavailable();
            }
            if (over) {
                return List.of();
            }
            if (position < compactRevision) {
                throw new Compacted(compactRevision);
            }
            List<Change> found = versions.after(position, prefix);
            position = Math.max(position, revision);
            return found;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                over = true;
                moved.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
