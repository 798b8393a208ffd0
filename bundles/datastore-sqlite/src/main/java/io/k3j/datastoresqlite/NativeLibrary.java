package io.k3j.datastoresqlite;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sqlite.SQLiteJDBCLoader;

/// SQLite itself. A distribution has it as a file; elsewhere the driver unpacks it into the temporary directory for
/// each process, and counts on an orderly exit to remove it, so killed processes would leave a megabyte each.
final class NativeLibrary {
    private static final String NAME = "libsqlitejdbc.so";
    private static final String PREFIX = "sqlite-";

    private NativeLibrary() {
    }

    /// Loads it, unless it is there. Opening a database would, too, but fail as if that were damaged.
    /// @throws DatastoreUnavailable when it cannot be
    static void load() {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new DatastoreUnavailable("SQLite cannot be loaded, nothing was changed: " + e.getMessage()
                    + ". It lies in lib/native of the distribution; without that it is unpacked to the temporary"
                    + " directory, from which the host must let programs run; K3S_JAVA_OPTIONS=-Dorg.sqlite.tmpdir=DIR"
                    + " names another", e, false);
        }
    }

    /// Removes the file that is loaded, and its mark, from the file system; the process keeps what it has mapped.
    /// Where that is impossible they stay.
    static void unlink() {
        try {
            for (Path file : loaded()) {
                Files.deleteIfExists(file);
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".lck"));
            }
        } catch (IOException e) {
            System.getLogger("io.k3j.datastoresqlite").log(System.Logger.Level.DEBUG,
                    "the unpacked SQLite library stays error={0}", e.toString());
        }
    }

    /// Copies the driver unpacked for this process which have a name still.
    static List<Path> loaded() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return List.of();
        }
        return Files.readAllLines(maps).stream().filter(line -> line.endsWith(NAME) && line.indexOf('/') >= 0)
                .map(line -> Path.of(line.substring(line.indexOf('/')))).distinct()
                .filter(file -> file.getFileName().toString().startsWith(PREFIX)).toList();
    }
}
