package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentbase.SupervisedLoop;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Checks a file too large to be checked during the start, once, while the store is in use. Damage is logged
/// and reported: `/readyz` names it as `loop/datastore-file`. The check holds one read transaction, so the
/// write-ahead log grows until it ends.
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

    /// Starts the check if `bytes` exceeds the limit.
    void start(long bytes) {
        if (bytes > QuickCheck.MAX_START_BYTES) {
            loop.start();
        }
    }

    private void run() {
        long started = System.nanoTime();
        try (Connection connection = connections.reading(); Statement statement = connection.createStatement()) {
            running = statement;
            Optional<String> damage = closed ? Optional.empty() : QuickCheck.run(statement);
            damage.ifPresent(this::report);
            LOG.log(Level.DEBUG, "Checked path={0} milliseconds={1}", file.file().toString(),
                    Long.toString((System.nanoTime() - started) / 1_000_000));
        } catch (SQLException e) {
            if (!closed) {
                LOG.log(Level.WARNING, "Cannot check database file path={0} error={1}", file.file().toString(),
                        e.getMessage());
            }
        } finally {
            running = null;
        }
    }

    private void report(String damage) {
        String message = DamagedStore.whileInUse(file.file(), damage);
        LOG.log(Level.ERROR, message);
        health.scope("datastore-file").report(HealthLevel.STOPPED, message);
    }

    /// Cancels the check and waits for its end.
    @Override
    public void close() {
        closed = true;
        loop.close();
        try {
            // a cancel before the statement has started is lost, so it is repeated
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
            LOG.log(Level.DEBUG, "It has ended", e);
        }
    }
}
