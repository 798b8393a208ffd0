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
    /// How many missing numbers are filled; more are passed over.
    static final int MAX_FILLED = 1_000;
    private static final int ROWS = 500;
    private static final long HOLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private final State state;
    private final Intake intake;
    private long hole;
    private long holeSince;

    CatchUp(State state, Intake intake) {
        this.state = state;
        this.intake = intake;
    }

    /// How the table lies to what is known here.
    enum Standing {
        /// Everything has been taken in.
        LEVEL,
        /// A number is missing; look again in a moment.
        HOLE,
        /// A number is missing for so long that nobody will bring it.
        OLD_HOLE,
        /// The table ends before what is known here: a fail-over or a restored copy has lost rows.
        BEHIND
    }

    Standing run(Reader reader) throws SQLException {
        while (true) {
            long known = state.tail().durable();
            long highest = reader.number(Statements.HIGHEST_ID);
            if (highest <= known) {
                return highest == known ? Standing.LEVEL : Standing.BEHIND;
            }
            List<Row> rows = reader.rows(Statements.LOG, known, Long.MAX_VALUE, ROWS);
            if (raised(reader, rows)) {
                continue;
            }
            int whole = whole(known, rows);
            intake.others(rows.subList(0, whole));
            if (whole < rows.size()) {
                long missing = known + whole + 1;
                if (!passedOver(reader, rows.get(whole), missing)) {
                    return aged(missing);
                }
            }
        }
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
    /// too many.
    private boolean passedOver(Reader reader, Row next, long missing) throws SQLException {
        long compacted = reader.number(Statements.COMPACT_REVISION);
        if (compacted >= missing) {
            intake.jump(compacted);
            return true;
        }
        if (next.id() - missing > MAX_FILLED && aged(missing) == Standing.OLD_HOLE) {
            intake.others(List.of(next));
            return true;
        }
        return false;
    }

    private synchronized Standing aged(long missing) {
        if (hole != missing) {
            hole = missing;
            holeSince = System.nanoTime();
        }
        return System.nanoTime() - holeSince > HOLE_NANOS ? Standing.OLD_HOLE : Standing.HOLE;
    }

    /// Rows that fill what is missing after the newest known revision, up to the newest row.
    List<Row> fillers(Reader reader) throws SQLException {
        long next = state.tail().durable() + 1;
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
