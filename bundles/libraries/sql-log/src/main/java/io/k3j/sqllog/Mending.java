package io.k3j.sqllog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Brings this process and a shared table level, on the writing connection: takes in what others wrote, fills old
/// holes in the numbering, and raises a table that has lost rows above every revision that was ever told.
///
/// **Lost rows.** After a fail-over to a copy that lagged, or a restore, the newest row known here may be missing, or
/// another one may have its number by now. What was told before must not be mixed with what is there: a filler takes
/// the number after both, the compaction revision follows, and every watch of every server that was told less ends
/// with `Compacted`, so that everybody reads anew and no revision means two things.
///
/// Compare etcd's `snapshot restore --bump-revision --mark-compacted`: what clients know must not come again with
/// another meaning.
final class Mending {
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private final SqlDialect dialect;
    private final LogState state;
    private final Intake intake;
    private final CatchUp catchUp;
    private final WriteConnection link;
    /// What [#level] has found and [#mend] is to deal with.
    private CatchUp.Progress standing = CatchUp.Progress.LEVEL;

    Mending(SqlDialect dialect, LogState state, Intake intake, CatchUp catchUp, WriteConnection link) {
        this.dialect = dialect;
        this.state = state;
        this.intake = intake;
        this.catchUp = catchUp;
        this.link = link;
    }

    /// Takes in what others have written, in a transaction.
    ///
    /// @param newest the newest row under the lock
    /// @return whether something is left to [#mend], which needs a transaction of its own
    boolean level(Reader reader, Newest newest) throws SQLException {
        if (dialect.shared()) {
            standing = catchUp.run(reader, newest);
        }
        return standing != CatchUp.Progress.LEVEL;
    }

    /// Takes in everything after the newest known revision, holes or not; false when there was nothing.
    boolean takeAll(Reader reader) throws SQLException {
        boolean any = false;
        while (true) {
            List<Row> rows = LogPage.read(reader, state.tail().upTo(), Long.MAX_VALUE, any).rows();
            if (rows.isEmpty()) {
                return any;
            }
            any = true;
            intake.others(rows);
        }
    }

    /// Mends what [#level] has found, in a transaction of its own.
    void mend() throws SQLException {
        switch (standing) {
            case LEVEL, HOLE -> {
            }
            case OLD_HOLE -> fill();
            case LOST -> raise();
        }
        standing = CatchUp.Progress.LEVEL;
    }

    /// Looks and mends, without a group.
    void look() throws SQLException {
        Newest newest = link.begin();
        boolean wrong = level(link.reader(), newest);
        link.rollback(new SQLException("looked"));
        if (wrong) {
            mend();
        }
    }

    private void fill() throws SQLException {
        link.begin();
        List<Row> fillers = catchUp.fillers(link.reader());
        // whoever left the hole may be using the numbers after it already
        link.commit(fillers, 0);
        if (!fillers.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "Filled gaps in the revision sequence from={0} count={1}",
                    fillers.getFirst().id(), fillers.size());
        }
    }

    /// Looked at once more under the lock: another server may have raised the table meanwhile.
    private void raise() throws SQLException {
        Newest newest = link.begin();
        if (catchUp.run(link.reader(), newest) != CatchUp.Progress.LOST) {
            link.rollback(new SQLException("nothing lost"));
            return;
        }
        long told = intake.known().revision();
        long raised = Math.max(told, newest.id()) + 1;
        List<Row> rows = new ArrayList<>();
        if (link.reader().update(Statements.SET_COMPACT_REVISION, raised, raised) == 0) {
            // its row is among the lost ones
            rows.add(Row.compaction(raised, ++raised));
        }
        rows.add(Row.filler(raised));
        link.commit(rows, raised);
        intake.jump(raised);
        LOG.log(System.Logger.Level.WARNING,
                "Database lost acknowledged rows: newest known revision={0}, newest in the table={1};"
                        + " revisions continue after {2}, watches are started again",
                told, newest.id(), raised);
    }
}
