package io.k3j.bench;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testkitdatabases.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A log in a database, its driver in this process: embedded, or in a server of its own.
///
/// @param opened what is closed in the end
/// @param server the database's, null when it is in this process
record LogTarget(String name, Datastore store, AutoCloseable opened, @Nullable DatabaseServer server)
        implements
            Target {
    static LogTarget sqlite(Path directory) {
        SqliteStore opened = SqliteStore.open(directory, false, System.err::println);
        return new LogTarget("sqlite", opened.datastore(), opened, null);
    }

    /// A fresh PostgreSQL.
    static LogTarget postgres() {
        PostgresServer server = PostgresServer.started();
        var opened = new PostgresOpener().open(server.endpoint("bench"));
        return new LogTarget("postgres", opened.datastore(), opened, server);
    }

    /// A fresh MariaDB.
    static LogTarget mariadb() {
        MariadbServer server = MariadbServer.started();
        var opened = new MysqlOpener().open(server.endpoint("bench"));
        return new LogTarget("mariadb", opened.datastore(), opened, server);
    }

    @Override
    public long create(String key, byte[] value) {
        return update(key, 0, value);
    }

    @Override
    public long update(String key, long revision, byte[] value) {
        if (store.commit(key, revision, value, Duration.ZERO) instanceof CommitResult.Committed(long committed)) {
            return committed;
        }
        throw new IllegalStateException("conflict at " + key);
    }

    @Override
    public boolean canUpdate() {
        return true;
    }

    @Override
    public long cpuNanos() {
        return server == null ? 0 : server.cpuNanos();
    }

    @Override
    public void close() throws IOException {
        try {
            opened.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("closing " + name, e);
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }
}
