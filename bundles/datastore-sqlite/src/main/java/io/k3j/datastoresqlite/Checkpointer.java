package io.k3j.datastoresqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.LockSupport;

/// Moves the write-ahead log into the database file without holding the writer: a thread of its own copies the
/// pages while groups go on, then the writer, between two groups, copies the small rest and empties the
/// log. Without that last step a busy log would never be reused and would grow for ever.
///
/// ```
///   QUIET ──log > 16 MiB──► COPYING (own thread) ──► COPIED ──between groups──► emptied ─► QUIET
///                                                      └── readers in the way: try again later ┘
/// ```
final class Checkpointer implements Runnable, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final long WAL_BYTES = 16L << 20;
    private static final int LOOK_EVERY = 8;
    private static final long RETRY_NANOS = 50_000_000;
    private final Connections connections;
    private final Path wal;
    private final Thread thread = new Thread(this, "datastore-checkpoint");
    private volatile Phase phase = Phase.QUIET;
    private volatile boolean closed;
    private int groups;
    private long notBefore = System.nanoTime();

    Checkpointer(Connections connections, Path wal) {
        this.connections = connections;
        this.wal = wal;
    }

    void start() {
        thread.start();
    }

    /// Called by the writer between groups, on its connection.
    void betweenGroups(Connection writer) throws SQLException {
        if (phase == Phase.COPIED) {
            if (System.nanoTime() - notBefore >= 0) {
                empty(writer);
            }
        } else if (phase == Phase.QUIET && ++groups % LOOK_EVERY == 0 && walBytes() > WAL_BYTES) {
            phase = Phase.COPYING;
            LockSupport.unpark(thread);
        }
    }

    private void empty(Connection writer) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA busy_timeout=0");
            boolean busy = checkpoint(statement, "TRUNCATE");
            statement.execute("PRAGMA busy_timeout=30000");
            if (busy) {
                notBefore = System.nanoTime() + RETRY_NANOS;
            } else {
                phase = Phase.QUIET;
            }
        }
    }

    @Override
    public void run() {
        while (!closed) {
            if (phase == Phase.COPYING) {
                copy();
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void copy() {
        try (Connection connection = connections.writing(); Statement statement = connection.createStatement()) {
            checkpoint(statement, "PASSIVE");
            phase = Phase.COPIED;
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "checkpoint of {0}: {1}", wal, e.getMessage());
            phase = Phase.QUIET;
        }
    }

    /// Whether somebody was in the way.
    private static boolean checkpoint(Statement statement, String mode) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            return result.next() && result.getInt(1) != 0;
        }
    }

    private long walBytes() {
        try {
            return Files.exists(wal) ? Files.size(wal) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /// Waits for a copy in progress.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
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
