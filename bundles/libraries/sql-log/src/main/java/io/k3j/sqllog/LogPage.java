package io.k3j.sqllog;

import java.sql.SQLException;
import java.util.List;

/// A stretch of the log, or of a range, with its values, bounded by bytes: rows of a megabyte must not come by the
/// hundred.
///
/// @param more whether rows may follow
record LogPage(List<Row> rows, boolean more) {
    /// What one page may bring along, unless a single row is larger.
    static final long MAX_BYTES = 8L << 20;
    /// So many rows are asked for without a look at what they weigh. Few, since large rows bring their old values
    /// along, too.
    static final int UNWEIGHED = 32;
    /// So many weights are asked for at once, and so many rows at most come with them.
    private static final int MAX_ROWS = 500;

    /// Rows after one revision and up to another, no more than `most`. `likely` when there are probably many: then
    /// their weights are asked for first.
    ///
    /// @param after not in it; may be below the oldest row
    /// @param upTo in it
    static LogPage read(Reader reader, long after, long upTo, boolean likely) throws SQLException {
        int limit = likely ? fitting(reader.numbers(Statements.WEIGHTS, after, upTo, MAX_ROWS)) : UNWEIGHED;
        List<Row> rows = reader.rows(Statements.LOG, after, upTo, limit);
        return new LogPage(rows, rows.size() == limit);
    }

    /// The first rows of a range as of a revision, no more than `limit`; 0 is no bound, neither of rows nor of bytes.
    ///
    /// @param whole answers of the database come as a whole, so their weights are asked for first; else reading ends
    ///        where they have become too many bytes
    static LogPage read(Reader reader, KeyRange keys, long at, int limit, boolean whole) throws SQLException {
        String rows = keys.open() ? Statements.RANGE_AFTER : Statements.RANGE;
        if (limit == 0) {
            return new LogPage(reader.rows(rows, keys.from(), keys.below(), at, at, Long.MAX_VALUE), false);
        }
        int fitting = limit;
        if (whole && limit > UNWEIGHED) {
            String weights = keys.open() ? Statements.RANGE_AFTER_WEIGHTS : Statements.RANGE_WEIGHTS;
            fitting = Math.min(limit, fitting(reader.numbers(weights, keys.from(), keys.below(), at, at, limit)));
        }
        List<Row> found = reader.rowsUpTo(MAX_BYTES, rows, keys.from(), keys.below(), at, at, fitting + 1L);
        boolean cut = found.stream().mapToLong(Row::weight).sum() > MAX_BYTES;
        int taken = Math.clamp(cut ? found.size() - 1L : found.size(), Math.min(1, found.size()), fitting);
        return new LogPage(found.subList(0, taken), cut || found.size() > fitting);
    }

    /// How many of the first rows fit into a page; two at least, since the first may be known already. A single row
    /// that is larger comes all the same.
    static int fitting(List<Long> weights) {
        long bytes = 0;
        int fitting = 0;
        while (fitting < weights.size() && (fitting == 0 || bytes + weights.get(fitting) <= MAX_BYTES)) {
            bytes += weights.get(fitting++);
        }
        return Math.max(2, fitting);
    }
}
