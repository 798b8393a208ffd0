package io.k3j.datastorepostgres;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
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

/// Receives the revisions other servers announce by `NOTIFY`, on its own connection and thread. Reconnects
/// after a failure; meanwhile [#listening] is false, and the log is polled more often.
final class Listener implements Closeable {
    static final String CHANNEL = "k3j_kine";
    private static final int WAIT_MILLIS = 1_000;
    private static final int QUERY_MILLIS = 2_000;
    private static final int WAITS_BEFORE_PROBE = 10;
    private static final long RETRY_NANOS = 200_000_000;
    private final PostgresConnections connections;
    private final IntPredicate own;
    private final LongConsumer onNews;
    private final SupervisedLoop loop;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile boolean listening;
    private volatile @Nullable Connection current;

    /// @param own whether a session is that of this process' writer, whose notifications are ignored
    Listener(PostgresConnections connections, IntPredicate own, LongConsumer onNews, Health health) {
        this.loop = SupervisedLoop.platform(health, "datastore-listen", this::run);
        this.connections = connections;
        this.own = own;
        this.onNews = onNews;
    }

    void start() {
        loop.start();
    }

    boolean listening() {
        return listening;
    }

    private void run() throws InterruptedException {
        while (!closed) {
            try (Connection connection = connections.open(QUERY_MILLIS)) {
                current = connection;
                listen(connection);
            } catch (SQLException e) {
                System.getLogger("io.k3j.datastorepostgres").log(System.Logger.Level.DEBUG, "not listening: {0}",
                        e.getMessage());
            } finally {
                listening = false;
            }
            stopping.await(RETRY_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
            listening = true;
            PGConnection postgres = connection.unwrap(PGConnection.class);
            onNews.accept(Long.MAX_VALUE);
            for (int emptyWaits = 0; !closed; emptyWaits++) {
                PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
                if (notifications != null && notifications.length > 0) {
                    emptyWaits = 0;
                    announce(notifications);
                } else if (emptyWaits == WAITS_BEFORE_PROBE) {
                    emptyWaits = 0;
                    statement.execute("SELECT 1");
                }
            }
        }
    }

    private void announce(PGNotification[] notifications) {
        for (int i = notifications.length - 1; i >= 0; i--) {
            if (!own.test(notifications[i].getPID())) {
                onNews.accept(revision(notifications[i].getParameter()));
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
        stopping.countDown();
    }
}
