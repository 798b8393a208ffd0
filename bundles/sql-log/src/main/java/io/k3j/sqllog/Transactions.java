package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writing connection and what is done on it, by the writer's thread alone: groups, steps of tasks, upkeep.
final class Transactions {
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final String COMMIT = "commit";
    private static final int CATCH_UP_ROWS = 500;
    private final SqlDialect dialect;
    private final State state;
    private final Connection connection;
    private final Reader reader;
    private final Inserts inserts;

    Transactions(SqlDialect dialect, State state, Connection connection) throws SQLException {
        this.dialect = dialect;
        this.state = state;
        this.connection = connection;
        reader = new Reader(connection);
        inserts = new Inserts(connection);
    }

    /// Commits a group as one transaction and tells every caller what became of it.
    void commit(List<Op> ops) {
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

    void perform(Task task) {
        try {
            dialect.begin(connection);
            step(task);
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

    private void step(Task task) throws SQLException {
        try {
            task.step.run(reader);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new SQLException("a step of " + task.what + " is wrong", e);
        }
    }

    /// What fails here for want of room or of a lock is tried again later.
    void upkeep() {
        try {
            if (state.scanFinished()) {
                dialect.afterScan(connection);
            }
            dialect.betweenGroups(connection);
        } catch (SQLException e) {
            String why = state.faults().failed("upkeep", e, false).getMessage();
            LOG.log(System.Logger.Level.WARNING, why);
        }
    }

    void close() {
        try {
            reader.close();
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "closing {0}: {1}", dialect.place(), e.getMessage());
        }
    }

    private record Attempt(Group group, boolean committing,
            @Nullable SQLException error) {
    }
}
