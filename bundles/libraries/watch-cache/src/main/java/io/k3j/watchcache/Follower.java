package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Takes in the events of keys that begin with a prefix, until its one reader asks for them. Nobody else's events
/// wake the reader. One that is too far behind loses its events and is told so: it compares with a snapshot then,
/// which costs no more than the objects there are.
///
/// The feeder gives and never waits for the reader; the lock is held for a moment only.
public final class Follower {
    /// How many events may wait; with one more all of them are lost.
    public static final int MAX_PENDING = 1 << 14;
    private final String prefix;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<Event> pending = new ArrayList<>();
    /// Events are missing since the last [#take]; none is kept until the reader has been told.
    private boolean lost;
    private boolean ended;

    /// @param prefix of keys in the store; ends in `/` at a level of them, as `/registry/pods/` or
    /// `/registry/pods/NAMESPACE/`
    public Follower(String prefix) {
        this.prefix = prefix;
    }

    /// What the keys begin with; the same for ever.
    public String prefix() {
        return prefix;
    }

    /// One more event; the reader is not woken yet. Feeder only. One ring for a batch is enough.
    void offer(Event event) {
        lock.lock();
        try {
            if (pending.size() >= MAX_PENDING) {
                lost = true;
                pending = new ArrayList<>();
            }
            if (!lost) {
                pending.add(event);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Wakes the reader.
    void ring() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Steps are missing: the reader has to compare, and is woken for it. Feeder only.
    void lose() {
        lock.lock();
        try {
            lost = true;
            pending = new ArrayList<>();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// For good: whoever waits in [#take] comes back, with what is there. Any thread.
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The events since the last call, in the order of revisions; waits for the first. Empty when the time is over
    /// or it has ended; null when events have been lost, once for each time.
    ///
    /// @param millis the most it waits; 0 only looks
    /// @throws InterruptedException as soon as this thread is told to stop
    @Nullable
    public List<Event> take(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (pending.isEmpty() && !lost && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (lost) {
                lost = false;
                return null;
            }
            List<Event> taken = pending;
            pending = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
