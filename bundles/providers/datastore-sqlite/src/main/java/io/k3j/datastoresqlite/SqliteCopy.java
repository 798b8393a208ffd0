package io.k3j.datastoresqlite;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BiConsumer;

/// Copies a database as it is at one moment, while a server may be writing to it: for the command, which instantiates
/// it by name. See <https://www.sqlite.org/lang_vacuum.html#vacuuminto>.
public final class SqliteCopy implements BiConsumer<Path, Path> {
    /// No state.
    public SqliteCopy() {
        // for the command
    }

    /// Blocks until the copy is on stable storage as far as SQLite syncs it.
    ///
    /// @param database the file
    /// @param to where nothing lies yet; readable by its owner only when the directory is
    /// @throws DatastoreUnavailable when it cannot be read or the disk is full
    @Override
    public void accept(Path database, Path to) {
        NativeLibrary.load();
        NativeLibrary.unlink();
        try (Connection connection = new Connections(database).reading();
                Statement statement = connection.createStatement();
                PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            // the copy counts as a change
            statement.execute("PRAGMA query_only=0");
            copy.setString(1, to.toString());
            copy.execute();
        } catch (SQLException e) {
            throw new DatastoreUnavailable("cannot copy " + database + " to " + to + ": " + e.getMessage(), e, false);
        }
    }
}
