package io.k3j.datastoresqlite;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Moves the write-ahead log into the database file without holding the writer: a thread of its own copies the
/// pages while groups go on, then the writer, between two groups, copies the small rest and lets the
/// log begin anew. Without that last step a busy log would grow for ever.
///
/// The log's file is not truncated: writing over blocks it already has makes a sync a third cheaper than
/// growing the file again.
///
/// ```
///   QUIET ──log > 32 MiB──► COPYING (own thread) ──► COPIED ──between groups──► begun anew ─► QUIET
///                           ▲                          │ └── readers in the way: try again later
///                           └── often in the way ──────┘
/// ```
final class Checkpointer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final long WAL_BYTES = 32L << 20;
    private static final long WAL_FRAMES = WAL_BYTES / 4_096;
    private static final int LOOK_EVERY = 8;
    private static final int COPY_AGAIN = 5;
    private static final long RETRY_NANOS = 100_000_000;
    private final Connections connections;
    private final SupervisedLoop loop;
    private final Semaphore wake = new Semaphore(0);
    private volatile Phase phase = Phase.QUIET;
    private volatile boolean closed;
    private volatile @Nullable SQLException failure;
    private int groups;
    private int refusals;
    private long notBefore = System.nanoTime();

    Checkpointer(Connections connections, Health health) {
        this.connections = connections;
        this.loop = SupervisedLoop.platform(health, "datastore-checkpoint", this::run);
    }

    void start() {
        loop.start();
    }

    /// Called by the writer between groups, on its connection.
    /// @throws SQLException also what a copy has met: after a failed sync nothing that is in the file is sure
    void betweenGroups(Connection writer) throws SQLException {
        SQLException met = failure;
        if (met != null) {
            failure = null;
            throw met;
        }
        if (phase == Phase.COPIED) {
            if (System.nanoTime() - notBefore >= 0) {
                beginAnew(writer);
            }
        } else if (phase == Phase.QUIET && ++groups % LOOK_EVERY == 0 && frames(writer) > WAL_FRAMES) {
            askForCopy();
        }
    }

    private void askForCopy() {
        phase = Phase.COPYING;
        wake.release();
    }

    private void beginAnew(Connection writer) throws SQLException {
        notBefore = System.nanoTime() + RETRY_NANOS;
        try (Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA busy_timeout=0");
            try {
                if (!checkpoint(statement, "RESTART")) {
                    phase = Phase.QUIET;
                    notBefore = System.nanoTime();
                } else if (++refusals % COPY_AGAIN == 0) {
                    askForCopy();
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
            LOG.log(System.Logger.Level.WARNING, "checkpoint failed: {0}", e.getMessage());
            failure = e;
            phase = Phase.QUIET;
        }
    }

    /// Whether somebody was in the way.
    private static boolean checkpoint(Statement statement, String mode) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            return result.next() && result.getInt(1) != 0;
        }
    }

    /// How many pages the log holds.
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
