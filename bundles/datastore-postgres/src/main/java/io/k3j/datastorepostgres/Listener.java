package io.k3j.datastorepostgres;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Hears the revisions that other servers announce, on a connection and a thread of its own. A lost connection is
/// found again; meanwhile [#hearing] says no, and the log is looked at more often.
final class Listener implements Closeable {
    static final String CHANNEL = "k3j_kine";
    private static final int WAIT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 2_000;
    private static final int SILENT_WAITS = 10;
    private static final long AGAIN_NANOS = 200_000_000;
    private final Connections connections;
    private final IntPredicate own;
    private final LongConsumer onNews;
    private final SupervisedLoop loop;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile boolean hearing;
    private volatile @Nullable Connection current;

    /// `own` says whether a session of the database is that of this process' writer, whose news are none.
    Listener(Connections connections, IntPredicate own, LongConsumer onNews, Health health) {
        this.loop = SupervisedLoop.platform(health, "datastore-listen", this::run);
        this.connections = connections;
        this.own = own;
        this.onNews = onNews;
    }

    void start() {
        loop.start();
    }

    boolean hearing() {
        return hearing;
    }

    private void run() throws InterruptedException {
        while (!closed) {
            try (Connection connection = connections.open(ANSWER_MILLIS)) {
                current = connection;
                listen(connection);
            } catch (SQLException e) {
                System.getLogger("io.k3j.datastorepostgres").log(System.Logger.Level.DEBUG, "not listening: {0}",
                        e.getMessage());
            } finally {
                hearing = false;
            }
            over.await(AGAIN_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
            hearing = true;
            PGConnection postgres = connection.unwrap(PGConnection.class);
            onNews.accept(Long.MAX_VALUE);
            for (int silent = 0; !closed; silent++) {
                PGNotification[] heard = postgres.getNotifications(WAIT_MILLIS);
                if (heard != null && heard.length > 0) {
                    silent = 0;
                    tell(heard);
                } else if (silent == SILENT_WAITS) {
                    silent = 0;
                    statement.execute("SELECT 1");
                }
            }
        }
    }

    private void tell(PGNotification[] heard) {
        for (int i = heard.length - 1; i >= 0; i--) {
            if (!own.test(heard[i].getPID())) {
                onNews.accept(revision(heard[i].getParameter()));
                return;
            }
        }
    }

    private static long revision(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void close() {
        closed = true;
        Connection connection = current;
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                System.getLogger("io.k3j.datastorepostgres").log(System.Logger.Level.DEBUG, "closing: {0}",
                        e.getMessage());
            }
        }
        loop.close();
        over.countDown();
    }
}
