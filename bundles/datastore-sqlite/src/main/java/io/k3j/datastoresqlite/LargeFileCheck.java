package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SupervisedLoop;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Checks a file that is too large for a start to wait for, once, while the store is in use. What it finds is logged
/// and reported: `/readyz` names it as `loop/datastore-file`. It reads one picture of the file, so the write-ahead log
/// grows until it has ended.
final class LargeFileCheck implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final long INTERRUPT_MILLIS = 20;
    private final StoreFile file;
    private final Connections connections;
    private final Health health;
    private final SupervisedLoop loop;
    private volatile boolean closed;
    private volatile @Nullable Statement running;

    LargeFileCheck(StoreFile file, Connections connections, Health health) {
        this.file = file;
        this.connections = connections;
        this.health = health;
        loop = SupervisedLoop.platform(health, "datastore-check", this::run);
    }

    /// Begins, when the file is larger than that.
    void start(long bytes) {
        if (bytes > QuickCheck.MAX_START_BYTES) {
            loop.start();
        }
    }

    private void run() {
        long begun = System.nanoTime();
        try (Connection connection = connections.reading(); Statement statement = connection.createStatement()) {
            running = statement;
            Optional<String> damage = closed ? Optional.empty() : QuickCheck.run(statement);
            damage.ifPresent(this::tell);
            LOG.log(Level.DEBUG, "checked path={0} milliseconds={1}", file.file().toString(),
                    Long.toString((System.nanoTime() - begun) / 1_000_000));
        } catch (SQLException e) {
            if (!closed) {
                LOG.log(Level.WARNING, "cannot be checked path={0} error={1}", file.file().toString(), e.getMessage());
            }
        } finally {
            running = null;
        }
    }

    private void tell(String damage) {
        String message = DamagedStore.whileInUse(file.file(), damage);
        LOG.log(Level.ERROR, message);
        health.scope("datastore-file").report(HealthLevel.STOPPED, message);
    }

    /// Ends it.
    @Override
    public void close() {
        closed = true;
        loop.close();
        try {
            // an interrupt that comes before the statement has begun is lost
            while (!loop.join(INTERRUPT_MILLIS)) {
                interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void interrupt() {
        try {
            Statement statement = running;
            if (statement != null) {
                statement.cancel();
            }
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "it has ended", e);
        }
    }
}
