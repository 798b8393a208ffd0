package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Deletes keys whose time to live has passed, each only if it is still at the revision that was given that
/// time. The clock is `System.nanoTime`; nothing about it is stored, so a restart begins every time anew.
///
/// One small record per row with a lease; records of rows that were replaced go when their time comes.
///
/// kine does the same with the column `lease`, whose seconds are read anew after a restart; etcd calls the thing a
/// lease.
final class Expirations {
    /// How many are deleted in one go: they fit one group of the writer.
    private static final int AT_ONCE = 256;
    /// When a deletion that failed is tried again.
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sooner = lock.newCondition();
    /// Times are counted from here, since values of `nanoTime` themselves must not be compared by size.
    private final long origin = System.nanoTime();
    private boolean closed;
    private @Nullable SupervisedLoop loop;

    /// Starts to delete through `remover`.
    void start(Remover remover, Health health) {
        loop = SupervisedLoop.virtual(health, "datastore-expirations", () -> loop(remover)).start();
    }

    /// A key is to be deleted, if it still is at this revision, so many nanoseconds from now. Any thread; does not
    /// block.
    void add(String key, long revision, long nanos) {
        lock.lock();
        try {
            Due due = new Due(System.nanoTime() - origin + nanos, key, revision);
            queue.add(due);
            if (queue.peek() == due) {
                sooner.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The records of a failed round come back, so that nothing lives for ever.
    private void loop(Remover remover) {
        for (List<Due> due = next(); !due.isEmpty(); due = next()) {
            try {
                remover.remove(due);
            } catch (DatastoreUnavailable e) {
                again(due);
            } catch (RuntimeException | Error e) {
                again(due);
                throw e;
            }
        }
    }

    private void again(List<Due> due) {
        due.forEach(d -> add(d.key, d.revision, RETRY_NANOS));
    }

    /// What is due, at least one; empty when closed or interrupted. Waits without a limit, as closing wakes it.
    private List<Due> next() {
        lock.lock();
        try {
            while (!closed && (queue.isEmpty() || left(queue.peek()) > 0)) {
                if (queue.isEmpty()) {
                    sooner.awaitUninterruptibly();
                } else {
                    sooner.awaitNanos(left(queue.peek()));
                }
            }
            List<Due> due = new ArrayList<>();
            while (!closed && due.size() < AT_ONCE && !queue.isEmpty() && left(queue.peek()) <= 0) {
                due.add(queue.remove());
            }
            return due;
        } catch (InterruptedException e) {
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private long left(Due due) {
        return due.at - (System.nanoTime() - origin);
    }

    /// Ends; what is being deleted is finished, and waited for, up to `millis`: a writer that hangs never answers.
    void close(long millis) throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            sooner.signal();
        } finally {
            lock.unlock();
        }
        if (loop != null) {
            loop.close();
            loop.join(millis);
        }
    }

    /// A key, the revision that may be deleted, and when (nanoseconds after `origin`).
    record Due(long at, String key, long revision) {
    }

    /// Deletes what is due; a key that has changed meanwhile is left alone. Blocks until all are deleted or
    /// refused.
    interface Remover {
        void remove(List<Due> due);
    }
}
