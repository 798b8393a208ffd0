package io.k3j.sqllog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest revision known here, and its row: as long as the table holds that row, it has lost nothing.
///
/// @param row null when it has not been seen, or the revision has none
record Known(long revision, @Nullable Row row) {
    /// Whether the newest row of a table is this one. A number may be another row's after a fail-over, so name and
    /// predecessor count, too.
    boolean is(Newest newest) {
        Row known = row;
        return newest.id() == revision
                && (known == null || known.name().equals(newest.name())
                        && (known.name().equals(Row.COMPACT_ROW) || known.prevRevision() == newest.prevRevision()));
    }

    /// Whether the log of a table from this revision on begins with this row; with any, when it was never seen.
    boolean begins(List<Row> log) {
        Row known = row;
        return !log.isEmpty() && (known == null || log.getFirst().same(known));
    }

    /// What follows in the log of a table from this revision on.
    List<Row> after(List<Row> log) {
        return !log.isEmpty() && log.getFirst().id() == revision ? log.subList(1, log.size()) : log;
    }
}
