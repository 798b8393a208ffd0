package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Reads the whole table once, in the background after opening: names into `KnownNames`, leases into `Expirations`.
/// It meets damaged pages before anybody asks for them. Until it is through, creates look their keys up, and keys
/// it has not reached do not expire.
final class Scan {
    /// Rows at a time; values are not read.
    private static final int ROWS = 2_000;
    /// The pause after a failure.
    private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final String WHAT = "first scan";
    private final SqlDialect dialect;
    private final LogState state;

    Scan(SqlDialect dialect, LogState state) {
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

    /// Scans from a revision on; returns where to go on, -1 when it is over. A failure is waited out here, so that
    /// the next try does not come at once.
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

    /// Between two pages it notices that the log was closed.
    private List<Row> next(Reader reader, long at) throws SQLException {
        state.faults().check(WHAT);
        return reader.rows(Statements.SCAN, at, ROWS);
    }

    /// A row that has been replaced since may be among them: its record goes when its time comes.
    private void take(Row row) {
        state.names().add(row.name());
        if (row.lease() > 0 && !row.deleted()) {
            state.expirations().add(row.name(), row.id(), TimeUnit.SECONDS.toNanos(row.lease()));
        }
    }
}
