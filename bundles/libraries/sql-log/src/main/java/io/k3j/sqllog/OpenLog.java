package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import java.sql.SQLException;

/// The open log of a database server, for whoever does not need a framework: tests, benches, copies.
public final class OpenLog implements StoreOpener.Opened {
    private final SqlDialect dialect;
    private final SqlLog log;

    private OpenLog(SqlDialect dialect, SqlLog log) {
        this.dialect = dialect;
        this.log = log;
    }

    /// Opens it, once; makes what is missing. Blocks as long as the server does.
    ///
    /// @param dialect closed together with the log, also when opening fails
    /// @throws DatastoreUnavailable when it cannot be opened, with a sentence for the operator
    public static OpenLog of(SqlDialect dialect) {
        try {
            return new OpenLog(dialect, SqlLog.open(dialect, Health.none(), why -> {
            }));
        } catch (SQLException e) {
            dialect.close();
            throw new DatastoreUnavailable(LogStart.sentence(dialect, e), e, false);
        }
    }

    @Override
    public Datastore datastore() {
        return log;
    }

    /// Commits what is queued, then closes every connection.
    @Override
    public void close() {
        try {
            log.close();
            dialect.close();
        } catch (SQLException e) {
            throw new DatastoreUnavailable("closing " + dialect.place(), e, false);
        }
    }
}
