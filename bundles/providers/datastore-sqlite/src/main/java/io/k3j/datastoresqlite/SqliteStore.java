package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.sqllog.SqlLog;
import io.k3j.sqllog.Trouble;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Consumer;

/// The open database of one data directory.
public final class SqliteStore implements StoreOpener.Opened {
    private final StoreFile file;
    private final SqliteDialect dialect;
    private final SqlLog log;
    private final LargeFileCheck check;

    private SqliteStore(StoreFile file, SqliteDialect dialect, SqlLog log, LargeFileCheck check) {
        this.file = file;
        this.dialect = dialect;
        this.log = log;
        this.check = check;
    }

    /// Opens `<dataDir>/server/db/state.db`; creates it when missing.
    ///
    /// @param onBroken receives the reason, once, when the database has to be given up while in use
    /// @throws DatastoreUnavailable naming what is wrong with the file and what to do; the file was not changed
    public static SqliteStore open(Path dataDir, boolean keepSecondaryIndexes, Consumer<String> onBroken) {
        return open(dataDir, keepSecondaryIndexes, Health.none(), onBroken);
    }

    /// As above; the threads report to `health`.
    static SqliteStore open(Path dataDir, boolean keepSecondaryIndexes, Health health, Consumer<String> onBroken) {
        NativeLibrary.load();
        StoreFile file;
        try {
            file = StoreFile.lock(dataDir);
        } catch (DamagedStore | StoreInUse | MissingPart e) {
            throw new DatastoreUnavailable(String.valueOf(e.getMessage()), e, false);
        } catch (IOException e) {
            throw new DatastoreUnavailable("cannot use the directory of the datastore: " + e, e, false);
        }
        try {
            SqliteStore store = open(file, keepSecondaryIndexes, health, onBroken);
            store.markOpened();
            return store;
        } catch (SQLException e) {
            throw unusable(file, e);
        }
    }

    private void markOpened() {
        try {
            file.opened();
        } catch (IOException e) {
            close();
            throw new DatastoreUnavailable("cannot write beside " + file.file() + ": " + e, e, false);
        }
    }

    private static SqliteStore open(StoreFile file, boolean keepSecondaryIndexes, Health health,
            Consumer<String> onBroken) throws SQLException {
        SqliteDialect dialect = new SqliteDialect(file, keepSecondaryIndexes, health);
        SqlLog log = SqlLog.open(dialect, health, onBroken);
        NativeLibrary.unlink();
        dialect.checkpointer().start();
        LargeFileCheck check = new LargeFileCheck(file, new Connections(file.file()), health);
        check.start(dialect.size());
        return new SqliteStore(file, dialect, log, check);
    }

    private static DatastoreUnavailable unusable(StoreFile file, SQLException error) {
        SqliteDialect dialect = new SqliteDialect(file, true, Health.none());
        String message = dialect.trouble(error) == Trouble.BROKEN
                ? new DamagedStore(file.file(), String.valueOf(error.getMessage())).getMessage()
                : "cannot open the datastore " + file.file() + ": " + error.getMessage() + "; " + dialect.advice(error);
        try {
            file.close();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
        return new DatastoreUnavailable(String.valueOf(message), error, false);
    }

    /// The log in the file.
    @Override
    public Datastore datastore() {
        return log;
    }

    /// Commits queued changes and closes the file. When a commit does not end, the file stays locked by this
    /// process, because the commit may still be written.
    @Override
    public void close() {
        try {
            check.close();
            dialect.checkpointer().close();
            file.closing();
            try {
                log.close();
            } catch (SQLException e) {
                file.opened();
                throw e;
            }
            file.close();
        } catch (SQLException | IOException e) {
            throw new DatastoreUnavailable("closing " + file.file(), e, false);
        }
    }
}
