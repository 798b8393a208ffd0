package io.k3j.datastoresqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.jdbc4.JDBC4Connection;

/// Opens connections without `DriverManager`, which would keep the driver and its class loader alive.
final class Connections {
    /// Busy timeout during the start, for another program that holds the file.
    private static final int START_MILLIS = 30_000;
    /// Busy timeout of a group of commits. Commits that arrive meanwhile form the next group, so none waits
    /// longer than 2 s.
    static final int GROUP_MILLIS = 900;
    private static final int WRITER_CACHE_KIB = 32_768;
    private static final int READER_CACHE_KIB = 2_048;
    private final Path file;

    Connections(Path file) {
        this.file = file;
    }

    /// A connection for the writer, which syncs each commit before it is acknowledged.
    Connection writing() throws SQLException {
        return open(WRITER_CACHE_KIB, "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0");
    }

    Connection reading() throws SQLException {
        return open(READER_CACHE_KIB, "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=1");
    }

    /// The keys of rows are given; without this the driver asks for the last one after each insert.
    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty(SQLiteConfig.Pragma.JDBC_GET_GENERATED_KEYS.getPragmaName(), "false");
        return properties;
    }

    private Connection open(int cacheKib, String... pragmas) throws SQLException {
        Connection connection = new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), properties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=" + START_MILLIS);
            statement.execute("PRAGMA mmap_size=0");
            statement.execute("PRAGMA cache_size=-" + cacheKib);
            for (String pragma : pragmas) {
                statement.execute(pragma);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
