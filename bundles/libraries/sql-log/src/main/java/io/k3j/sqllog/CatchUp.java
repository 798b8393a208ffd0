package io.k3j.sqllog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Takes in what other processes have written after the newest revision known here. Used by the writer, which then
/// holds the table's lock, and by the follower, which does not.
///
/// Our own processes leave no holes in the numbering. A stock kine beside them does, for as long as one of its
/// transactions is under way, or for ever when that is rolled back. Nothing after a hole is taken in before the hole
/// is old enough to be filled (see [Mending]).
final class CatchUp {
    /// How many missing numbers are filled; more are passed over. No transaction that is under way has so many
    /// numbers.
    static final int MAX_FILLED = 1_000;
    /// Rows looked at in one go for holes.
    private static final int ROWS = 500;
    /// How old a hole must be before it is filled: so long a transaction of a stock kine may take to become
    /// visible.
    private static final long HOLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private final LogState state;
    private final Intake intake;
    private long hole;
    private long holeSince;

    CatchUp(LogState state, Intake intake) {
        this.state = state;
        this.intake = intake;
    }

    /// How the table lies to what is known here.
    enum Progress {
        /// Everything has been taken in.
        LEVEL,
        /// A number is missing; look again in a moment.
        HOLE,
        /// A number is missing for so long that nobody will bring it.
        OLD_HOLE,
        /// The newest row known here is not there, or the number is another row's: a fail-over or a restored copy has
        /// lost rows.
        LOST
    }

    /// Looks without the table's lock.
    ///
    /// @param likely when there is probably something to take in: then the log is read without asking for the
    /// newest row first
    /// @throws SQLException when the table cannot be read; what was taken in until then stays
    Progress look(Reader reader, boolean likely) throws SQLException {
        Known known = intake.known();
        if (likely || !reader.trusted()) {
            return takeIn(reader);
        }
        return compared(reader, known, reader.newest());
    }

    /// Looks under the table's lock: no row can come meanwhile.
    ///
    /// @param newest the newest row, read under the lock
    Progress run(Reader reader, Newest newest) throws SQLException {
        return reader.trusted() ? compared(reader, intake.known(), newest) : takeIn(reader);
    }

    /// `newest` was read after `known`, or nobody could add rows in between.
    private Progress compared(Reader reader, Known known, Newest newest) throws SQLException {
        return known.is(newest) ? Progress.LEVEL : takeIn(reader);
    }

    /// Reads the log from the newest known row on, that one included: it tells whether this is still the same log.
    private Progress takeIn(Reader reader) throws SQLException {
        boolean many = false;
        while (true) {
            Known known = intake.known();
            LogPage page = LogPage.read(reader, known.revision() - 1, Long.MAX_VALUE, many);
            List<Row> log = page.rows();
            many = page.more();
            if (!known.begins(log)) {
                if (lost(reader, known)) {
                    return Progress.LOST;
                }
                if (known.row() == null) {
                    return Progress.LEVEL;
                }
                continue;
            }
            reader.trust();
            intake.learn(log);
            List<Row> rows = known.after(log);
            if (raised(reader, rows)) {
                continue;
            }
            int whole = whole(known.revision(), rows);
            intake.others(rows.subList(0, whole));
            if (whole < rows.size()) {
                long missing = known.revision() + whole + 1;
                if (!passedOver(reader, rows.get(whole), missing)) {
                    return aged(missing);
                }
            } else if (!page.more()) {
                return Progress.LEVEL;
            }
        }
    }

    /// Known rows also go with a compaction; and a server that has seen the loss before has compacted above it.
    /// Then nothing between what is known and the compaction can be told; watches read the table, or end.
    private boolean lost(Reader reader, Known known) throws SQLException {
        long compacted = reader.number(Statements.COMPACT_REVISION);
        if (compacted < known.revision()) {
            return true;
        }
        intake.jump(compacted);
        return false;
    }

    /// Whether another process has raised a table that had lost rows: its filler is covered by a compaction.
    private boolean raised(Reader reader, List<Row> rows) throws SQLException {
        for (Row row : rows) {
            if (row.name().startsWith(Row.GAP)) {
                long compacted = reader.number(Statements.COMPACT_REVISION);
                if (compacted >= row.id()) {
                    intake.jump(compacted);
                    return true;
                }
            }
        }
        return false;
    }

    /// How many rows come without a hole.
    private static int whole(long known, List<Row> rows) {
        int whole = 0;
        while (whole < rows.size() && rows.get(whole).id() == known + whole + 1) {
            whole++;
        }
        return whole;
    }

    /// Whether the numbers from `missing` to the next row need not be filled: a compaction took them, or they are
    /// too many. Then what follows is taken in as if nothing were missing.
    private boolean passedOver(Reader reader, Row next, long missing) throws SQLException {
        long compacted = reader.number(Statements.COMPACT_REVISION);
        if (compacted >= missing) {
            intake.jump(compacted);
            return true;
        }
        if (next.id() - missing > MAX_FILLED && aged(missing) == Progress.OLD_HOLE) {
            intake.others(List.of(next));
            return true;
        }
        return false;
    }

    /// Asked by both threads; each new hole begins anew.
    private synchronized Progress aged(long missing) {
        if (hole != missing) {
            hole = missing;
            holeSince = System.nanoTime();
        }
        return System.nanoTime() - holeSince > HOLE_NANOS ? Progress.OLD_HOLE : Progress.HOLE;
    }

    /// Rows that fill what is missing after the newest known revision, up to the newest row.
    List<Row> fillers(Reader reader) throws SQLException {
        long next = state.tail().upTo() + 1;
        List<Row> fillers = new ArrayList<>();
        for (Row row : reader.rows(Statements.SCAN, next - 1, ROWS)) {
            while (next < row.id() && fillers.size() < MAX_FILLED) {
                fillers.add(Row.filler(next++));
            }
            next = row.id() + 1;
        }
        return fillers;
    }
}
