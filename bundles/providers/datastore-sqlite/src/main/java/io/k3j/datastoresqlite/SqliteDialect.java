package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Newest;
import io.k3j.sqllog.SqlDialect;
import io.k3j.sqllog.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.sqlite.SQLiteErrorCode;

/// The SQLite dialect of `sql-log`.
final class SqliteDialect implements SqlDialect {
    private final StoreFile store;
    private final boolean keepSecondaryIndexes;
    private final Connections connections;
    private final Checkpointer checkpointer;

    SqliteDialect(StoreFile store, boolean keepSecondaryIndexes, Health health) {
        this.store = store;
        this.keepSecondaryIndexes = keepSecondaryIndexes;
        connections = new Connections(store.file());
        checkpointer = new Checkpointer(connections, health);
    }

    Checkpointer checkpointer() {
        return checkpointer;
    }

    @Override
    public String place() {
        return store.file().toString();
    }

    @Override
    public Connection openWriter() throws SQLException {
        Connection connection = connections.writing();
        try {
            Schema.prepare(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection openReader() throws SQLException {
        return connections.reading();
    }

    @Override
    public Inserter inserter(Connection writer) throws SQLException {
        execute(writer, "PRAGMA busy_timeout=" + Connections.GROUP_MILLIS);
        return SqlDialect.super.inserter(writer);
    }

    @Override
    public Newest begin(Connection writer) throws SQLException {
        execute(writer, "BEGIN IMMEDIATE");
        return Newest.NONE;
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        execute(writer, "COMMIT");
    }

    @Override
    public void rollback(Connection writer) throws SQLException {
        try {
            execute(writer, "ROLLBACK");
        } catch (SQLException e) {
            if (code(e) != SQLiteErrorCode.SQLITE_ERROR) {
                throw e;
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public long highestRevision(Connection writer) throws SQLException {
        return Schema.highest(writer);
    }

    @Override
    public Trouble trouble(SQLException error) {
        return switch (code(error)) {
            case SQLITE_CONSTRAINT -> Trouble.TAKEN;
            case SQLITE_BUSY, SQLITE_LOCKED -> Trouble.HELD;
            case SQLITE_FULL, SQLITE_READONLY, SQLITE_NOMEM, SQLITE_TOOBIG, SQLITE_INTERRUPT, SQLITE_CANTOPEN ->
                Trouble.REFUSED;
            default -> Trouble.BROKEN;
        };
    }

    @Override
    public String advice(SQLException error) {
        return switch (code(error)) {
            case SQLITE_FULL -> "the disk is full: free space on the file system of " + directory()
                    + ", then try again; nothing was lost";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another program holds the database: close it";
            case SQLITE_READONLY -> "the file or its file system is read-only: make it writable";
            case SQLITE_CORRUPT, SQLITE_NOTADB -> "the file is damaged: stop the server and put back a copy, or run:"
                    + " sqlite3 " + place() + " .recover";
            case SQLITE_IOERR -> "the disk failed: look at the kernel's log (dmesg), then restart the server";
            default -> "";
        };
    }

    private Path directory() {
        return Objects.requireNonNull(store.file().toAbsolutePath().getParent());
    }

    /// The primary result code, which is the low byte of an extended one.
    private static SQLiteErrorCode code(SQLException error) {
        return SQLiteErrorCode.getErrorCode(error.getErrorCode() & 0xff);
    }

    @Override
    public void betweenGroups(Connection writer) throws SQLException {
        checkpointer.betweenGroups(writer);
    }

    @Override
    public void afterScan(Connection writer) throws SQLException {
        if (!keepSecondaryIndexes) {
            Schema.dropSecondaryIndexes(writer);
        }
    }

    @Override
    public long size() throws SQLException {
        try {
            long wal = Files.exists(store.wal()) ? Files.size(store.wal()) : 0;
            return Files.size(store.file()) + wal;
        } catch (IOException e) {
            throw new SQLException("cannot tell the size of " + place(), e);
        }
    }
}
