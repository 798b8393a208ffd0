package io.k3j.datastoresqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/// SQLite's own look at all pages of a database, without what they mean to each other
/// (<https://www.sqlite.org/pragma.html#pragma_quick_check>). About a second of processor time for a gigabyte.
final class QuickCheck {
    /// What a start waits for. Larger files are checked while the store is in use.
    static final long MAX_START_BYTES = 64L << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final String HEADING = "*** in database";

    private QuickCheck() {
    }

    /// What is wrong with a file that this process has not open, if anything is. Neither the file nor what lies beside
    /// it is changed. Empty also for a file that SQLite cannot read now: opening it tells why.
    static Optional<String> closed(Path file) throws IOException {
        boolean whole = empty(sibling(file, "-wal")) && empty(sibling(file, "-journal"));
        // the index of a write-ahead log: whoever reads beside one makes it
        Path index = sibling(file, "-shm");
        boolean indexed = Files.exists(index);
        Optional<String> damage = readOnly(file, whole);
        if (damage.isPresent() && !indexed) {
            Files.deleteIfExists(index);
        }
        return damage;
    }

    private static Optional<String> readOnly(Path file, boolean whole) {
        try (Connection connection = open(file, whole); Statement statement = connection.createStatement()) {
            return run(statement);
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "not checked path=" + file, e);
            return Optional.empty();
        }
    }

    /// The same on a connection to it.
    /// @throws SQLException when it cannot be told
    static Optional<String> run(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String told = result.next() ? result.getString(1) : "ok";
            return told.equals("ok") ? Optional.empty()
                    : told.lines().filter(line -> !line.isBlank() && !line.startsWith(HEADING)).findFirst();
        } catch (SQLException e) {
            SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff);
            if (code != SQLiteErrorCode.SQLITE_CORRUPT && code != SQLiteErrorCode.SQLITE_NOTADB) {
                throw e;
            }
            return Optional.of(code.message);
        }
    }

    /// Read-only, without waiting for others. `whole`: everything is in the file itself, so that SQLite needs no files
    /// beside it.
    private static Connection open(Path file, boolean whole) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        config.setBusyTimeout(0);
        String uri = "file:" + file.toAbsolutePath().toUri().getRawPath() + (whole ? "?immutable=1" : "");
        return new JDBC4Connection("jdbc:sqlite:" + uri, uri, config.toProperties());
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static boolean empty(Path file) throws IOException {
        return !Files.exists(file) || Files.size(file) == 0;
    }
}
