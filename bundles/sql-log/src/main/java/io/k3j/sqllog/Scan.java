package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Reads the whole table once, in the background after opening: names into `KnownNames`, leases into
/// `Expirations`. It meets damaged pages before anybody asks for them.
final class Scan implements Runnable {
    private static final int ROWS = 2_000;
    private static final String WHAT = "first scan";
    private final SqlDialect dialect;
    private final State state;

    Scan(SqlDialect dialect, State state) {
        this.dialect = dialect;
        this.state = state;
    }

    /// Scans; returns early when the log is closed meanwhile.
    @Override
    public void run() {
        try (Reader reader = new Reader(dialect.openReader())) {
            long at = 0;
            for (List<Row> rows = next(reader, at); !rows.isEmpty(); rows = next(reader, at)) {
                rows.forEach(this::take);
                at = rows.getLast().id();
            }
        } catch (SQLException e) {
            state.faults().failed(WHAT, e, false);
            return;
        } catch (DatastoreUnavailable e) {
            return;
        }
        state.names().complete();
        state.scanned().set(true);
    }

    private List<Row> next(Reader reader, long at) throws SQLException {
        state.faults().check(WHAT);
        return reader.rows(Statements.SCAN, at, ROWS);
    }

    private void take(Row row) {
        state.names().add(row.name());
        if (row.lease() > 0 && !row.deleted()) {
            state.expirations().add(row.name(), row.id(), TimeUnit.SECONDS.toNanos(row.lease()));
        }
    }
}
