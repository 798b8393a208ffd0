package io.k3j.bench;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;

/// The embedded datastore, in this process.
record SqliteTarget(SqliteStore opened, Datastore store) implements Target {
    static SqliteTarget open(Path directory) {
        SqliteStore opened = SqliteStore.open(directory, false, System.err::println);
        return new SqliteTarget(opened, opened.datastore());
    }

    @Override
    public String name() {
        return "sqlite";
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
        return 0;
    }

    @Override
    public void close() {
        opened.close();
    }
}
