package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Copies the write-ahead log into the database file without blocking the writer: its own thread copies the
/// pages while groups are committed, then the writer copies the small rest between two groups and restarts the
/// log. Without the restart a busy log would grow without bound (SQLite: Write-Ahead Logging, Checkpointing).
///
/// The log's file is not truncated: overwriting allocated blocks makes a sync a third cheaper than growing the
/// file again.
///
/// ```
///   QUIET ──log > 32 MiB──► COPYING (own thread) ──► COPIED ──between groups──► restarted ─► QUIET
///                           ▲                          │ └── readers in the way: try again later
///                           └── often in the way ──────┘
/// ```
final class Checkpointer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final long WAL_BYTES = 32L << 20;
    private static final long WAL_FRAMES = WAL_BYTES / 4_096;
    private static final int CHECK_EVERY = 8;
    private static final int REFUSALS_BEFORE_COPY = 5;
    private static final long RETRY_NANOS = 100_000_000;
    private final Connections connections;
    private final SupervisedLoop loop;
    private final Semaphore wake = new Semaphore(0);
    private volatile Phase phase = Phase.QUIET;
    private volatile boolean closed;
    private volatile @Nullable SQLException failure;
    private int groups;
    private int refusals;
    private long nextAttempt = System.nanoTime();

    Checkpointer(Connections connections, Health health) {
        this.connections = connections;
        this.loop = SupervisedLoop.platform(health, "datastore-checkpoint", this::run);
    }

    void start() {
        loop.start();
    }

    /// Called by the writer between two groups, on its connection.
    /// @throws SQLException also the failure of the last copy: after a failed sync nothing in the file is
    ///        guaranteed
    void betweenGroups(Connection writer) throws SQLException {
        SQLException copyFailure = failure;
        if (copyFailure != null) {
            failure = null;
            throw copyFailure;
        }
        if (phase == Phase.COPIED) {
            if (System.nanoTime() - nextAttempt >= 0) {
                restartLog(writer);
            }
        } else if (phase == Phase.QUIET && ++groups % CHECK_EVERY == 0 && frames(writer) > WAL_FRAMES) {
            requestCopy();
        }
    }

    private void requestCopy() {
        phase = Phase.COPYING;
        wake.release();
    }

    private void restartLog(Connection writer) throws SQLException {
        nextAttempt = System.nanoTime() + RETRY_NANOS;
        try (Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA busy_timeout=0");
            try {
                if (!checkpoint(statement, "RESTART")) {
                    phase = Phase.QUIET;
                    nextAttempt = System.nanoTime();
                } else if (++refusals % REFUSALS_BEFORE_COPY == 0) {
                    requestCopy();
                }
            } finally {
                statement.execute("PRAGMA busy_timeout=" + Connections.GROUP_MILLIS);
            }
        }
    }

    private void run() throws InterruptedException {
        while (!closed) {
            if (phase == Phase.COPYING) {
                copy();
            } else {
                wake.acquire();
            }
        }
    }

    private void copy() {
        try (Connection connection = connections.writing(); Statement statement = connection.createStatement()) {
            checkpoint(statement, "PASSIVE");
            phase = Phase.COPIED;
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "Checkpoint failed error={0}", e.getMessage());
            failure = e;
            phase = Phase.QUIET;
        }
    }

    /// Whether the checkpoint was blocked by a reader or writer.
    private static boolean checkpoint(Statement statement, String mode) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            return result.next() && result.getInt(1) != 0;
        }
    }

    /// The number of pages in the log.
    private static long frames(Connection writer) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
            return result.next() ? result.getLong(2) : 0;
        }
    }

    /// Waits for a copy in progress.
    @Override
    public void close() {
        closed = true;
        loop.close();
        wake.release();
        boolean interrupted = false;
        for (boolean ended = false; !ended;) {
            try {
                ended = loop.join(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private enum Phase {
        QUIET, COPYING, COPIED
    }
}
