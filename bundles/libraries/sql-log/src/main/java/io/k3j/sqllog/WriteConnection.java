package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writing connection, found again when it was lost. Used by the writer's thread alone. A transaction that was
/// under way on a lost one is in doubt: [Transactions] reads back.
final class WriteConnection {
    private final SqlDialect dialect;
    private final DatabaseFaults faults;
    /// Null between a loss and the next [#begin].
    private @Nullable Session session;

    WriteConnection(SqlDialect dialect, Connection connection, DatabaseFaults faults) throws SQLException {
        this.dialect = dialect;
        this.faults = faults;
        session = new Session(connection, dialect.inserter(connection));
    }

    /// Begins a transaction. A connection that has died unused is replaced, once.
    ///
    /// @return the newest row of a shared table
    /// @throws SQLException when there is no connection or no lock; no transaction is open then
    Newest begin() throws SQLException {
        Session used = session;
        if (used != null) {
            try {
                return dialect.begin(used.connection);
            } catch (SQLException e) {
                if (dialect.trouble(e) != Trouble.AWAY) {
                    throw e;
                }
                drop();
            }
        }
        return dialect.begin(open().connection);
    }

    private Session open() throws SQLException {
        Connection connection = dialect.openWriter();
        try {
            Session opened = new Session(connection, dialect.inserter(connection));
            session = opened;
            return opened;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Whether there is a connection, as far as is known.
    boolean there() {
        return session != null;
    }

    /// For questions inside the transaction.
    Reader reader() throws SQLException {
        return present().reader;
    }

    /// Inserts rows, tells others the newest revision (unless it is 0) and commits.
    void commit(List<Row> rows, long revision) throws SQLException {
        Session used = present();
        if (rows.isEmpty()) {
            dialect.commit(used.connection);
        } else {
            used.inserter.commit(rows, revision);
        }
    }

    Connection connection() throws SQLException {
        return present().connection;
    }

    /// It was lost since the transaction began.
    private Session present() throws SQLException {
        Session used = session;
        if (used == null) {
            throw new SQLException("no connection");
        }
        return used;
    }

    /// Without rows, or with what a step has changed.
    void commit() throws SQLException {
        dialect.commit(connection());
    }

    /// Gives the transaction up. A connection that cannot do that is dropped.
    void rollback(SQLException why) {
        Session used = session;
        if (used == null) {
            return;
        }
        try {
            dialect.rollback(used.connection);
        } catch (SQLException e) {
            why.addSuppressed(e);
            drop();
        }
    }

    /// Lets go of the connection without a word to the other end. Readers are told: theirs may lead to the same
    /// server.
    void drop() {
        Session used = session;
        session = null;
        if (used != null) {
            faults.moved();
            try {
                used.connection.abort(Runnable::run);
            } catch (SQLException e) {
                System.getLogger("io.k3j.sqllog").log(System.Logger.Level.DEBUG, "dropping a connection: {0}",
                        e.getMessage());
            }
        }
    }

    /// In order: the other end hears of it.
    void close() throws SQLException {
        Session used = session;
        session = null;
        if (used != null) {
            used.reader.close();
        }
    }

    private static final class Session {
        private final Connection connection;
        private final Reader reader;
        private final Inserter inserter;

        Session(Connection connection, Inserter inserter) {
            this.connection = connection;
            this.inserter = inserter;
            reader = new Reader(connection, 0);
        }
    }
}
