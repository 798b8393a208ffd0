package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writing connection, found again when it was lost. Used by the writer's thread alone.
final class Link {
    private final SqlDialect dialect;
    private @Nullable Session session;

    Link(SqlDialect dialect, Connection connection) throws SQLException {
        this.dialect = dialect;
        session = new Session(connection);
    }

    /// Begins a transaction. A connection that has died unused is replaced, once.
    void begin() throws SQLException {
        Session used = session;
        if (used != null) {
            try {
                dialect.begin(used.connection);
                return;
            } catch (SQLException e) {
                if (dialect.trouble(e) != Trouble.AWAY) {
                    throw e;
                }
                drop();
            }
        }
        dialect.begin(open().connection);
    }

    private Session open() throws SQLException {
        Connection connection = dialect.openWriter();
        try {
            Session opened = new Session(connection);
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

    Reader reader() throws SQLException {
        return present().reader;
    }

    void insert(List<Row> rows) throws SQLException {
        Session used = present();
        used.inserts.insert(rows);
    }

    Connection connection() throws SQLException {
        return present().connection;
    }

    private Session present() throws SQLException {
        Session used = session;
        if (used == null) {
            throw new SQLException("no connection");
        }
        return used;
    }

    void announce(long revision) throws SQLException {
        dialect.announce(connection(), revision);
    }

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

    /// Lets go of the connection without a word to the other end.
    void drop() {
        Session used = session;
        session = null;
        if (used != null) {
            try {
                used.connection.abort(Runnable::run);
            } catch (SQLException e) {
                System.getLogger("io.k3j.sqllog").log(System.Logger.Level.DEBUG, "dropping a connection: {0}",
                        e.getMessage());
            }
        }
    }

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
        private final Inserts inserts;

        Session(Connection connection) throws SQLException {
            this.connection = connection;
            reader = new Reader(connection);
            inserts = new Inserts(connection);
        }
    }
}
