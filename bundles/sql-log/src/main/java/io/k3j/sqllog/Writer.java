package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The one thread that writes. It takes whatever is queued, commits it as one transaction with one sync, then
/// makes it visible and wakes the callers. No timer: while one group is being synced the next one gathers.
///
/// ```
///   parked ──unpark──► gather ──► decide ──► insert ──► commit (sync) ──► publish ──► one task ──► upkeep ──┐
///      ▲                 ▲                     │ taken: catch up, once more                                │
///      └── nothing left ─┴─────────────────────┴────────────────────────────────────────────────────────────┘
/// ```
final class Writer implements Runnable {
    static final int MAX_GROUP = 512;
    static final long MAX_GROUP_BYTES = 8L << 20;
    static final int MAX_WAITING = 65_536;
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final String COMMIT = "commit";
    private static final int CATCH_UP_ROWS = 500;
    private final SqlDialect dialect;
    private final State state;
    private final Connection connection;
    private final Reader reader;
    private final Inserts inserts;
    private final ConcurrentLinkedQueue<Op> queue = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean stopping;
    private volatile boolean ended;

    Writer(SqlDialect dialect, State state, Connection connection) throws SQLException {
        this.dialect = dialect;
        this.state = state;
        this.connection = connection;
        reader = new Reader(connection);
        inserts = new Inserts(connection);
        thread = new Thread(this, "datastore-writer");
    }

    void start() {
        thread.start();
    }

    /// Queues a commit; `Op.await` tells what became of it.
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

    /// Runs a step in a transaction of its own between two groups, and waits for it.
    void run(String what, Step step) {
        Task task = new Task(what, step);
        tasks.add(task);
        wake();
        if (ended) {
            refuseRest();
        }
        task.await();
    }

    /// Finishes what is queued, then closes the connection; waits up to `millis`.
    void close(long millis) throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(millis);
    }

    private void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        try {
            loop();
        } catch (SQLException e) {
            state.faults().failed("upkeep", e, false);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the writer of " + dialect.place() + " ended", e);
            throw e;
        } finally {
            ended = true;
            state.faults().close();
            refuseRest();
            state.tail().wake();
            closeConnection();
        }
    }

    private void loop() throws SQLException {
        List<Op> group = new ArrayList<>(MAX_GROUP);
        while (!state.faults().broken()) {
            gather(group);
            if (!group.isEmpty()) {
                commit(group);
                group.clear();
            }
            Task task = tasks.poll();
            if (task != null) {
                perform(task);
            }
            if (state.scanFinished()) {
                dialect.afterScan(connection);
            }
            dialect.betweenGroups(connection);
            if (queue.isEmpty() && tasks.isEmpty() && !pause()) {
                return;
            }
        }
    }

    /// Waits for work; false when it is time to end.
    private boolean pause() {
        if (stopping || state.faults().ended()) {
            return false;
        }
        parked = true;
        if (queue.isEmpty() && tasks.isEmpty() && !stopping) {
            LockSupport.park(this);
        }
        parked = false;
        return true;
    }

    private void gather(List<Op> group) {
        long bytes = 0;
        while (group.size() < MAX_GROUP && bytes < MAX_GROUP_BYTES) {
            Op op = queue.poll();
            if (op == null) {
                break;
            }
            bytes += op.value == null ? 0 : op.value.length;
            group.add(op);
        }
        waiting.addAndGet(-group.size());
    }

    private void commit(List<Op> ops) {
        Attempt attempt = attempt(ops);
        if (attempt.error != null && dialect.trouble(attempt.error) == Trouble.TAKEN && catchUp()) {
            attempt = attempt(ops);
        }
        if (attempt.error == null) {
            publish(attempt.group);
            return;
        }
        boolean inDoubt = attempt.committing && dialect.trouble(attempt.error) == Trouble.BROKEN;
        DatastoreUnavailable why = state.faults().failed(COMMIT, attempt.error, inDoubt);
        for (Op op : ops) {
            op.finish(new Op.Outcome.Failed(why));
        }
    }

    private Attempt attempt(List<Op> ops) {
        Group group = new Group(state.heads(), reader, state.tail().durable());
        boolean committing = false;
        try {
            dialect.begin(connection);
            for (Op op : ops) {
                group.decide(op);
            }
            inserts.insert(group.rows());
            for (Row row : group.rows()) {
                state.names().add(row.name());
            }
            committing = true;
            dialect.commit(connection);
            return new Attempt(group, true, null);
        } catch (SQLException e) {
            return new Attempt(group, committing, undo(group, committing, e));
        }
    }

    /// Gives the transaction up, and reads back whether it happened all the same; null when it did.
    private @Nullable SQLException undo(Group group, boolean committing, SQLException error) {
        if (dialect.trouble(error) == Trouble.BROKEN) {
            return error;
        }
        try {
            dialect.rollback(connection);
            boolean there = committing && !group.rows().isEmpty()
                    && reader.number(Statements.HIGHEST_ID) >= group.rows().getFirst().id();
            return there ? null : error;
        } catch (SQLException e) {
            error.addSuppressed(e);
            return error;
        }
    }

    private void publish(Group group) {
        List<Row> rows = group.rows();
        publish(rows, group.revision());
        for (int i = 0; i < rows.size(); i++) {
            Op op = group.winners().get(i);
            if (op.timeToLiveNanos > 0) {
                state.expirations().add(op.key, rows.get(i).id(), op.timeToLiveNanos);
            }
            op.finish(new Op.Outcome.Done(rows.get(i).id()));
        }
        group.losers().forEach(Op::finish);
    }

    private void publish(List<Row> rows, long revision) {
        List<Change> changes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            state.heads().put(row.name(), row.head());
            if (!Row.internal(row.name())) {
                changes.add(row.change());
            }
        }
        state.tail().append(changes, revision);
    }

    /// Takes in what somebody else has written to the table; false when there was nothing.
    private boolean catchUp() {
        try {
            boolean any = false;
            while (true) {
                List<Row> rows = reader.rows(Statements.LOG, state.tail().durable(), Long.MAX_VALUE, CATCH_UP_ROWS);
                if (rows.isEmpty()) {
                    return any;
                }
                any = true;
                rows.forEach(row -> state.names().add(row.name()));
                publish(rows, rows.getLast().id());
            }
        } catch (SQLException e) {
            state.faults().failed("catch up", e, false);
            return false;
        }
    }

    private void perform(Task task) {
        try {
            dialect.begin(connection);
            task.step.run(reader);
            dialect.commit(connection);
            task.done(null);
        } catch (SQLException e) {
            DatastoreUnavailable why = state.faults().failed(task.what, e, false);
            try {
                dialect.rollback(connection);
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            task.done(why);
        }
    }

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

    private void closeConnection() {
        try {
            reader.close();
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "closing {0}: {1}", dialect.place(), e.getMessage());
        }
    }

    private record Attempt(Group group, boolean committing,
            @Nullable SQLException error) {
    }

    /// Part of a task that changes the table outside the log.
    interface Step {
        void run(Reader writer) throws SQLException;
    }
}
