package io.k3j.datastorepostgres;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.SqlDialect;
import io.k3j.sqllog.SqlLog;
import java.sql.SQLException;
import java.util.List;

/// The open log in one database, for whoever does not need a framework: tests, benches, copies.
public final class PostgresStore implements AutoCloseable {
    private final Connections connections;
    private final SqlLog log;

    private PostgresStore(Connections connections, SqlLog log) {
        this.connections = connections;
        this.log = log;
    }

    /// Opens the database of an endpoint, once; makes what is missing.
    /// @throws IllegalArgumentException when the endpoint is wrong
    /// @throws DatastoreUnavailable when it cannot be opened
    public static PostgresStore open(String endpoint) {
        return open(endpoint, List.of("", "", ""));
    }

    /// The same with the files of [#start].
    static PostgresStore open(String endpoint, List<String> files) {
        Connections connections = Connections.of(endpoint, files.get(0), files.get(1), files.get(2));
        SqlDialect dialect = new PostgresDialect(connections, false);
        try {
            return new PostgresStore(connections, SqlLog.open(dialect, why -> {
            }));
        } catch (SQLException e) {
            throw new DatastoreUnavailable(LogStart.sentence(dialect, e), e, false);
        }
    }

    /// Begins to open the database of an endpoint in the background. `files` are those of the flags
    /// `--datastore-cafile`, `-certfile` and `-keyfile`, in that order, empty when not given.
    /// @throws IllegalArgumentException when the endpoint or a file is wrong
    public static LogStart start(String endpoint, List<String> files, boolean keepSecondaryIndexes,
            LogStart.Events events) {
        Connections connections = Connections.of(endpoint, files.get(0), files.get(1), files.get(2));
        return LogStart.of(new PostgresDialect(connections, keepSecondaryIndexes), events);
    }

    /// The log.
    public Datastore datastore() {
        return log;
    }

    /// Commits what is queued, then closes every connection.
    @Override
    public void close() {
        try {
            log.close();
            connections.close();
        } catch (SQLException e) {
            throw new DatastoreUnavailable("closing " + connections.endpoint().place(), e, false);
        }
    }
}
