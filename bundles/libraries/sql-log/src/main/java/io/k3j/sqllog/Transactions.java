package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What is done on the writing connection, by the writer's thread alone: groups, steps of tasks, upkeep.
///
/// A group of a shared table goes like this; whatever cuts it short, nobody is told anything that is not known:
///
/// ```
///   lock, newest row ─► catch up ─► decide ─► insert, announce, COMMIT ─► publish, tell the callers
///    ▲                    │ hole: wait or fill            │ away: lock again, read the rows back
///    └────────────────────┴─ again, while callers wait ───┘         there: publish · not there: again
/// ```
final class Transactions {
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final String COMMIT = DatabaseFaults.COMMIT;
    /// Of the callers' patience, the part in which a group is tried again.
    private static final double TRIED = 0.8;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /// On a table of this process alone others' rows must not keep a group for ever.
    private static final int MAX_TRIES = 100;
    private final SqlDialect dialect;
    private final LogState state;
    private final Intake intake;
    private final WriteConnection link;
    private final Mending mending;

    Transactions(SqlDialect dialect, LogState state, Intake intake, WriteConnection link, Mending mending) {
        this.dialect = dialect;
        this.state = state;
        this.intake = intake;
        this.link = link;
        this.mending = mending;
    }

    /// Commits a group as one transaction and tells every caller what became of it. Those that have given up are
    /// taken out of the list; `more` adds those that have come while the table was being locked, which takes long
    /// where it is shared and far away.
    void commit(List<Op> ops, Runnable more) {
        long start = System.nanoTime();
        for (int tries = 0;; tries++) {
            ops.removeIf(op -> !op.take());
            if (ops.isEmpty()) {
                return;
            }
            Attempt attempt = attempt(ops, more);
            Group done = attempt.done();
            if (done != null) {
                publish(done);
                return;
            }
            if (!again(attempt, tries, start)) {
                fail(ops, attempt);
                return;
            }
        }
    }

    private Attempt attempt(List<Op> ops, Runnable more) {
        Attempt attempt = new Attempt();
        try {
            Newest newest = link.begin();
            attempt.setback = mending.level(link.reader(), newest);
            if (attempt.setback) {
                link.rollback(new SQLException("not level"));
                mending.mend();
                return attempt;
            }
            more.run();
            Group group = decided(ops);
            attempt.group = group;
            attempt.committing = true;
            link.commit(group.rows(), group.revision());
            if (!group.rows().isEmpty()) {
                state.faults().committed();
            }
        } catch (SQLException e) {
            undo(attempt, e);
        }
        return attempt;
    }

    /// Those that give up while it is being decided are left out, and it is decided anew.
    private Group decided(List<Op> ops) throws SQLException {
        while (true) {
            ops.removeIf(op -> !op.take());
            Group group = new Group(state.heads(), link, state.tail());
            for (Op op : ops) {
                group.decide(op);
            }
            if (ops.stream().allMatch(Op::commits)) {
                group.rows().forEach(row -> state.names().add(row.name()));
                return group;
            }
        }
    }

    /// Gives it up, and reads back whether it happened all the same.
    private void undo(Attempt attempt, SQLException error) {
        attempt.error = error;
        Trouble trouble = dialect.trouble(error);
        if (trouble == Trouble.BROKEN) {
            attempt.doubt = attempt.committing;
            return;
        }
        if (error instanceof UnconfirmedCommit) {
            attempt.doubt = true;
            link.drop();
            return;
        }
        release(error);
        Group group = attempt.group;
        if (attempt.committing && group != null && !group.rows().isEmpty()) {
            readBack(attempt, group.rows(), error);
        }
    }

    /// Having the lock means that what the lost connection was doing is over. Where commits wait for a standby, rows
    /// that are there are not acknowledged by that.
    private void readBack(Attempt attempt, List<Row> rows, SQLException error) {
        long start = System.nanoTime();
        boolean lasted = dialect.lastsOnceRead();
        attempt.doubt = true;
        do {
            try {
                link.begin();
                boolean there = there(rows);
                link.rollback(error);
                attempt.doubt = there && !(lasted && dialect.lastsOnceRead());
                attempt.error = attempt.doubt ? UnconfirmedCommit.brokenOff() : there ? null : error;
                return;
            } catch (SQLException e) {
                state.faults().failed(COMMIT, e, true);
                link.drop();
                LockSupport.parkNanos(AWAY_NANOS);
            }
        } while (dialect.shared() && inTime(start) && !state.faults().ended());
    }

    /// All of them, as they were written: a part of a transaction cannot be there.
    private boolean there(List<Row> rows) throws SQLException {
        List<Row> found = link.reader().rows(Statements.LOG, rows.getFirst().id() - 1, rows.getLast().id(),
                rows.size());
        if (found.size() != rows.size()) {
            return false;
        }
        for (int i = 0; i < rows.size(); i++) {
            if (!found.get(i).same(rows.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean inTime(long start) {
        return System.nanoTime() - start < dialect.patience().toNanos() * TRIED;
    }

    /// Whether to try once more, after the pause that is due.
    private boolean again(Attempt attempt, int tries, long start) {
        SQLException error = attempt.error;
        if (attempt.doubt || state.faults().ended() && error != null || !inTime(start)
                || tries >= MAX_TRIES && !dialect.shared()) {
            return false;
        }
        if (error == null) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return true;
        }
        return switch (dialect.trouble(error)) {
            case TAKEN -> dialect.shared() || catchUp();
            case HELD -> {
                state.faults().held(error);
                yield dialect.shared();
            }
            case AWAY -> {
                state.faults().failed(COMMIT, error, false);
                LockSupport.parkNanos(AWAY_NANOS);
                yield true;
            }
            case REFUSED, BROKEN -> false;
        };
    }

    /// Whoever waits hears whether it may have happened.
    private void fail(List<Op> ops, Attempt attempt) {
        SQLException error = attempt.error == null ? new SQLException("others kept the table busy") : attempt.error;
        DatastoreUnavailable why = state.faults().failed(COMMIT, error, attempt.doubt);
        ops.forEach(op -> op.finish(new Op.Outcome.Failed(why)));
    }

    /// The tail first: who has committed must find it in a watch.
    private void publish(Group group) {
        List<Row> rows = group.rows();
        intake.own(rows, group.revision());
        for (int i = 0; i < rows.size(); i++) {
            Op op = group.winners().get(i);
            if (op.timeToLiveNanos > 0) {
                state.expirations().add(op.key, rows.get(i).id(), op.timeToLiveNanos);
            }
            op.finish(new Op.Outcome.Done(rows.get(i).id()));
        }
        group.losers().forEach(Op::finish);
    }

    /// Takes in what somebody else has written to a table that should be ours alone; false when there was nothing.
    private boolean catchUp() {
        try {
            return mending.takeAll(link.reader());
        } catch (SQLException e) {
            state.faults().failed("catch up", e, false);
            return false;
        }
    }

    /// Mends the table if it has to be; what fails is found again by the follower.
    void mend() {
        try {
            mending.look();
        } catch (SQLException e) {
            state.faults().failed("mend", e, false);
            release(e);
        }
    }

    /// Ends a transaction that has failed.
    private void release(SQLException error) {
        if (dialect.trouble(error) == Trouble.AWAY) {
            link.drop();
        } else {
            link.rollback(error);
        }
    }

    void perform(Task task) {
        try {
            link.begin();
            step(task);
            link.commit();
            task.done(null);
        } catch (SQLException e) {
            DatastoreUnavailable why = state.faults().failed(task.what, e, false);
            release(e);
            task.done(why);
        }
    }

    private void step(Task task) throws SQLException {
        try {
            task.step.run(link.reader());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new SQLException("a step of " + task.what + " is wrong", e);
        }
    }

    /// What fails here for want of room or of a lock is tried again later.
    void upkeep() {
        if (!link.there()) {
            return;
        }
        try {
            if (state.scanFinished()) {
                dialect.afterScan(link.connection());
            }
            dialect.betweenGroups(link.connection());
        } catch (SQLException e) {
            String why = state.faults().failed("upkeep", e, false).getMessage();
            LOG.log(System.Logger.Level.WARNING, why);
        }
    }

    void close() {
        try {
            link.close();
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "Error while closing datastore={0} error={1}", dialect.place(), e);
        }
    }

    private static final class Attempt {
        private @Nullable Group group;
        /// Not carried out, without an error: what stood in the way has been dealt with.
        private boolean setback;
        private boolean committing;
        private boolean doubt;
        private @Nullable SQLException error;

        /// What is durable now; null when it is not, or not for sure.
        @Nullable
        Group done() {
            return !setback && !doubt && error == null ? group : null;
        }
    }
}
