package io.k3j.sqllog;

import java.sql.SQLException;
import java.util.List;

/// Ends transactions of one writing connection with rows, in as few exchanges with the database as it can.
@FunctionalInterface
public interface Inserter {
    /// Inserts the rows with their ids, in their order; tells other processes `revision`, unless it is 0; commits,
    /// and returns only when the transaction is on stable storage. An `UnconfirmedCommit` says that it happened
    /// where it was asked, and perhaps nowhere else.
    /// @param rows at least one; not changed
    /// @throws SQLException when it did not happen, or it is not known whether it did; then the transaction is still to
    ///         be given up
    void commit(List<Row> rows, long revision) throws SQLException;
}
