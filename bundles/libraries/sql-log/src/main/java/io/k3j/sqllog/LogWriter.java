package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The one thread that writes. It takes whatever is queued, commits it as one transaction with one sync, then
/// makes it visible and wakes the callers. An exception nobody thought of breaks the log: what the writer knows may be
/// wrong then, and only a new start reads it anew. No timer: while one group is being synced the next one gathers.
///
/// ```
///   parked ──unpark──► gather ──► lock, gather ──► decide ──► insert ──► commit (sync) ──► publish ──► one task ──┐
///      ▲                 ▲                            │ taken: catch up, once more                    upkeep ◄────┘
///      └── nothing left ─┴────────────────────────────┴────────────────────────────────────────────────┘
/// ```
final class LogWriter implements Runnable {
    /// Bounds of a group, in commits and in bytes of values, and of those who wait in all. Beyond the last one
    /// commits are refused at once.
    static final int MAX_GROUP = 512;
    static final long MAX_GROUP_BYTES = 8L << 20;
    static final int MAX_WAITING = 65_536;
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final String COMMIT = "commit";
    private final SqlDialect dialect;
    private final LogState state;
    private final Transactions transactions;
    private final ConcurrentLinkedQueue<Op> queue = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Op> group = new ArrayList<>(MAX_GROUP);
    private final Thread thread;
    private long groupBytes;
    /// Whether it may be asleep: only then waking it is worth a call.
    private volatile boolean parked;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile boolean mending;

    /// Not started.
    LogWriter(SqlDialect dialect, LogState state, Transactions transactions) {
        this.dialect = dialect;
        this.state = state;
        this.transactions = transactions;
        thread = new Thread(this, "datastore-writer");
    }

    void start() {
        thread.start();
    }

    /// Queues a commit; `Op.await` tells what became of it. Does not block.
    ///
    /// @throws DatastoreUnavailable when the log is closed or broken, or too many wait; nothing was queued
    void submit(Op op) {
        state.faults().check(COMMIT);
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            throw new DatastoreUnavailable("commit: " + MAX_WAITING + " commits are waiting already",
                    new IllegalStateException("overload"), false);
        }
        queue.add(op);
        wake();
        if (ended) {
            refuseRest();
        }
    }

    /// Runs a step in a transaction of its own between two groups, and waits for it, however long that takes.
    ///
    /// @param what for messages
    /// @throws DatastoreUnavailable when it was not performed
    void run(String what, Step step) {
        Task task = new Task(what, step);
        tasks.add(task);
        wake();
        if (ended) {
            refuseRest();
        }
        task.await();
    }

    /// Has the table looked at and mended soon. Does not block; asked several times it is done once.
    void mend() {
        mending = true;
        wake();
    }

    /// Finishes what is queued, then closes the connection; waits up to `millis`.
    /// @return whether it has ended: else it may still commit
    boolean close(long millis) throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        return thread.join(Duration.ofMillis(millis));
    }

    /// Called after something was queued: the writer looks at the queues once more between saying that it parks and
    /// parking.
    private void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        try {
            loop();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "Writer ended unexpectedly datastore=" + dialect.place(), e);
            state.faults().brokenOff("the writer of the datastore", e);
        } finally {
            ended = true;
            abandonGroup();
            state.faults().close();
            refuseRest();
            state.tail().wake();
            transactions.close();
        }
    }

    private void loop() {
        while (!state.faults().broken()) {
            gather();
            if (!group.isEmpty()) {
                transactions.commit(group, this::gather);
                group.clear();
                groupBytes = 0;
            }
            // stays in the queue until it is done: whoever waits for it is told when this thread ends in the middle
            Task task = tasks.peek();
            if (task != null) {
                transactions.perform(task);
                tasks.poll();
            }
            if (mending) {
                mending = false;
                transactions.mend();
            }
            transactions.upkeep();
            if (queue.isEmpty() && tasks.isEmpty() && !mending && !pause()) {
                return;
            }
        }
    }

    /// Waits for work; false when it is time to end. A park that ends without a cause does no harm: everything is
    /// looked at once more.
    private boolean pause() {
        if (stopping || state.faults().ended()) {
            return false;
        }
        parked = true;
        if (queue.isEmpty() && tasks.isEmpty() && !mending && !stopping) {
            LockSupport.park(this);
        }
        parked = false;
        return true;
    }

    /// Takes what has come since, up to the size of a group. Called again while the table is locked: what has come
    /// meanwhile shares the transaction.
    private void gather() {
        int before = group.size();
        while (group.size() < MAX_GROUP && groupBytes < MAX_GROUP_BYTES) {
            Op op = queue.poll();
            if (op == null) {
                break;
            }
            groupBytes += op.value == null ? 0 : op.value.length;
            group.add(op);
        }
        waiting.addAndGet(before - group.size());
    }

    /// Nobody waits for ever, whatever went wrong in here.
    private void abandonGroup() {
        DatastoreUnavailable why = new DatastoreUnavailable("the datastore failed in the middle of a commit",
                new IllegalStateException("writer ended"), true);
        for (Op op : group) {
            if (!op.finished()) {
                op.finish(new Op.Outcome.Failed(why));
            }
        }
    }

    /// By whoever comes last, the writer that ends or the caller that queued meanwhile.
    private void refuseRest() {
        DatastoreUnavailable why = new DatastoreUnavailable("the datastore has stopped",
                new IllegalStateException("closed"), false);
        for (Op op = queue.poll(); op != null; op = queue.poll()) {
            op.finish(new Op.Outcome.Failed(why));
        }
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.done(why);
        }
    }

    /// Part of a task that changes the table outside the log. Run by the writer's thread; what it throws undoes it.
    interface Step {
        void run(Reader writer) throws SQLException;
    }
}
