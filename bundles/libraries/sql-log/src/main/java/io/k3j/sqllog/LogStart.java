package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Opens the log of a database server in the background: again every second while the server is not there yet, up to
/// five minutes, as K3s does; at once no more when waiting cannot help.
public final class LogStart implements AutoCloseable {
    /// How often it is tried, a second apart.
    public static final int ATTEMPTS = 300;
    private static final System.Logger LOG = System.getLogger("io.k3j.sqllog");
    private static final long PAUSE_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 4_000;
    private final SqlDialect dialect;
    private final Events events;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private @Nullable SqlLog log;

    private LogStart(SqlDialect dialect, Events events) {
        this.dialect = dialect;
        this.events = events;
        thread = Thread.ofPlatform().name("datastore-open").unstarted(this::run);
    }

    /// Begins; `events` are told from a thread of its own.
    ///
    /// @param events told of each attempt
    public static LogStart of(SqlDialect dialect, Events events) {
        LogStart start = new LogStart(dialect, events);
        start.thread.start();
        return start;
    }

    private void run() {
        for (int attempt = 1; closed.getCount() > 0; attempt++) {
            try {
                opened(SqlLog.open(dialect, events.health(), events::failed));
                return;
            } catch (SQLException e) {
                String why = sentence(dialect, e);
                if (dialect.hopeless(e) || attempt == ATTEMPTS) {
                    events.failed(why);
                    return;
                }
                events.waiting(why);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "Cannot open datastore=" + dialect.place(), e);
                events.failed("cannot open the datastore " + dialect.place() + ": " + e.getClass().getName()
                        + "; the log has the details");
                return;
            }
            if (!pause()) {
                return;
            }
        }
    }

    /// False when it was closed meanwhile.
    private boolean pause() {
        try {
            return !closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /// Closed meanwhile: then nobody hears that it was open.
    private synchronized void opened(SqlLog opened) throws SQLException {
        if (closed.getCount() == 0) {
            opened.close();
            return;
        }
        log = opened;
        events.opened(opened);
    }

    /// Why it cannot be opened, in words for the operator.
    public static String sentence(SqlDialect dialect, SQLException error) {
        String advice = dialect.advice(error);
        return "cannot open the datastore " + dialect.place() + ": " + error.getMessage()
                + (advice.isEmpty() ? "" : "; " + advice);
    }

    /// Ends trying; closes the log if it is open. Blocks up to a few seconds.
    ///
    /// @param before called first, with the open log, to withdraw it
    /// @throws SQLException when closing fails
    public void close(Consumer<SqlLog> before) throws SQLException {
        closed.countDown();
        SqlLog open = openLog();
        if (open != null) {
            before.accept(open);
            open.close();
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dialect.close();
    }

    private synchronized @Nullable SqlLog openLog() {
        return log;
    }

    @Override
    public void close() throws SQLException {
        close(open -> {
        });
    }

    /// What becomes of it. Each is called on the opening thread, [#failed] also later on any thread.
    public interface Events {
        /// The log is open; at most once.
        void opened(SqlLog log);

        /// It is not, yet; tried again.
        ///
        /// @param why a sentence for the operator
        void waiting(String why);

        /// Where the threads of the log report.
        default Health health() {
            return Health.none();
        }

        /// It is not, or no more, and will not be. At most once before it is open, and once after.
        ///
        /// @param why a sentence for the operator
        void failed(String why);
    }
}
