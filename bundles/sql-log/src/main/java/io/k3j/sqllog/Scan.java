package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Reads the whole table once, in the background after opening: names into `KnownNames`, leases into
/// `Expirations`. It meets damaged pages before anybody asks for them.
final class Scan {
    private static final int ROWS = 2_000;
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final String WHAT = "first scan";
    private final SqlDialect dialect;
    private final State state;

    Scan(SqlDialect dialect, State state) {
        this.dialect = dialect;
        this.state = state;
    }

    /// Scans, from the beginning when it is called again after a failure; returns early when the log is closed
    /// meanwhile. What is away, or held by somebody, is waited for.
    void run() {
        long at = 0;
        while (at >= 0) {
            at = from(at);
        }
    }

    /// Scans from a revision on; returns where to go on, -1 when it is over.
    private long from(long start) {
        long at = start;
        try (Reader reader = new Reader(dialect.openReader(), 0)) {
            for (List<Row> rows = next(reader, at); !rows.isEmpty(); rows = next(reader, at)) {
                rows.forEach(this::take);
                at = rows.getLast().id();
            }
        } catch (SQLException e) {
            state.faults().failed(WHAT, e, false);
            LockSupport.parkNanos(AWAY_NANOS);
            return state.faults().ended() ? -1 : at;
        } catch (DatastoreUnavailable e) {
            return -1;
        }
        state.names().complete();
        state.scanned().set(true);
        return -1;
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
