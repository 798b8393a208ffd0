package io.k3j.sqllog;

import java.sql.ResultSet;
import java.sql.SQLException;

/// Which row is the newest of a table; [#NONE] in an empty one. Enough to tell whether anything has come, and
/// whether the table is still the same: rows are never changed, but for `compact_rev_key`.
///
/// @param id its revision
/// @param name its key
/// @param prevRevision the row it replaced
public record Newest(long id, String name, long prevRevision) {
    /// Asks for it; the columns are those of [#of].
    public static final String QUESTION = "SELECT id, name, prev_revision FROM kine ORDER BY id DESC LIMIT 1";
    /// There are no rows.
    public static final Newest NONE = new Newest(0, "", 0);

    /// Reads the answer to [#QUESTION].
    public static Newest of(ResultSet answer) throws SQLException {
        return answer.next() ? new Newest(answer.getLong(1), answer.getString(2), answer.getLong(3)) : NONE;
    }
}
