package io.k3j.apiserver;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Unchanged;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A shared datastore with a switchable connection: it can be cut, and its watch can be blocked.
final class GatedDatastore implements Datastore {
    private final Datastore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition opened = lock.newCondition();
    private boolean held;
    private boolean muted;
    private volatile boolean away;
    private volatile boolean swallowing;
    private final AtomicInteger commits = new AtomicInteger();

    GatedDatastore(Datastore store) {
        this.store = store;
    }

    /// Blocks the events of the watch.
    void hold() {
        lock.lock();
        held = true;
        lock.unlock();
    }

    /// Delivers the blocked events and unblocks the watch.
    void release() {
        lock.lock();
        held = false;
        muted = false;
        opened.signalAll();
        lock.unlock();
    }

    /// Sets whether the datastore is unreachable.
    void away(boolean now) {
        away = now;
    }

    /// Blocks commits; they fail when [#release] is called.
    void swallow() {
        lock.lock();
        swallowing = true;
        held = true;
        lock.unlock();
    }

    /// Blocks `revision()` until [#release] is called.
    void mute() {
        lock.lock();
        muted = true;
        held = true;
        lock.unlock();
    }

    /// Unblocks commits.
    void accept() {
        swallowing = false;
    }

    /// The number of commits requested, answered or not.
    int commits() {
        return commits.get();
    }

    private Datastore store() {
        if (away) {
            throw new DatastoreUnavailable("no route to 10.0.0.9:3306", new IllegalStateException(), false);
        }
        return store;
    }

    @Override
    public CommitResult commit(String key, long expected, byte[] value, Duration ttl, Unchanged... unchanged) {
        commits.incrementAndGet();
        if (swallowing) {
            swallowed();
        }
        return store().commit(key, expected, value, ttl, unchanged);
    }

    private void unmuted() {
        lock.lock();
        try {
            while (muted) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void swallowed() {
        lock.lock();
        try {
            while (held) {
                opened.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        throw new DatastoreUnavailable("no answer from 10.0.0.9:3306", new IllegalStateException(), false);
    }

    @Override
    public CommitResult delete(String key, long expected, Unchanged... unchanged) {
        return store().delete(key, expected, unchanged);
    }

    @Override
    public Optional<Entry> get(String key) {
        return store().get(key);
    }

    @Override
    public Optional<Entry> get(String key, long revision) {
        return store().get(key, revision);
    }

    @Override
    public Page range(String prefix, String start, int limit, long revision) {
        return store().range(prefix, start, limit, revision);
    }

    @Override
    public Count count(String prefix) {
        return store().count(prefix);
    }

    @Override
    public Watch watch(String prefix, long afterRevision) {
        return new GatedWatch(store().watch(prefix, afterRevision));
    }

    @Override
    public long revision() {
        unmuted();
        return store().revision();
    }

    @Override
    public long compactRevision() {
        return store().compactRevision();
    }

    @Override
    public long compact(long revision) {
        return store().compact(revision);
    }

    @Override
    public long size() {
        return store().size();
    }

    private final class GatedWatch implements Watch {
        private final Watch watch;

        GatedWatch(Watch watch) {
            this.watch = watch;
        }

        @Override
        public Batch next(Duration atMost) throws InterruptedException {
            Batch batch = watch.next(Duration.ofMillis(10));
            lock.lockInterruptibly();
            try {
                while (held) {
                    opened.await();
                }
            } finally {
                lock.unlock();
            }
            store();
            return new Batch(List.<Change>copyOf(batch.changes()), batch.revision());
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
