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

/// SQLite's `quick_check` of all pages, without the check of indexes against tables
/// (<https://www.sqlite.org/pragma.html#pragma_quick_check>). Takes about a second of processor time per
/// gigabyte.
final class QuickCheck {
    /// The largest file a start waits for. Larger ones are checked while the store is in use.
    static final long MAX_START_BYTES = 64L << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");
    private static final String HEADING = "*** in database";

    private QuickCheck() {
    }

    /// The damage of a file this process has not opened, if any. Changes neither the file nor its siblings.
    /// Empty also for a file SQLite cannot read now: opening it will report why.
    static Optional<String> closed(Path file) throws IOException {
        boolean whole = empty(sibling(file, "-wal")) && empty(sibling(file, "-journal"));
        // a reader next to a write-ahead log creates its index; it is removed again
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
            LOG.log(System.Logger.Level.DEBUG, "Not checked path=" + file, e);
            return Optional.empty();
        }
    }

    /// As [#closed], on an open connection.
    /// @throws SQLException when the check cannot be run
    static Optional<String> run(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String result = rows.next() ? rows.getString(1) : "ok";
            return result.equals("ok") ? Optional.empty()
                    : result.lines().filter(line -> !line.isBlank() && !line.startsWith(HEADING)).findFirst();
        } catch (SQLException e) {
            SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xff);
            if (code != SQLiteErrorCode.SQLITE_CORRUPT && code != SQLiteErrorCode.SQLITE_NOTADB) {
                throw e;
            }
            return Optional.of(code.message);
        }
    }

    /// Opens read-only, without waiting for locks.
    /// @param whole whether the file is complete by itself, so that SQLite needs none of its siblings
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
