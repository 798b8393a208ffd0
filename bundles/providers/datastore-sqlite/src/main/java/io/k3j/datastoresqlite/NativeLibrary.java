package io.k3j.datastoresqlite;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sqlite.SQLiteJDBCLoader;

/// SQLite's native library. A distribution contains it as a file; elsewhere the driver unpacks it into the
/// temporary directory for each process and removes it only at an orderly exit, so that each killed process
/// would leave a megabyte.
final class NativeLibrary {
    private static final String NAME = "libsqlitejdbc.so";
    private static final String PREFIX = "sqlite-";

    private NativeLibrary() {
    }

    /// Loads the library. Opening a database would load it as well, but a failure would look like a damaged
    /// database.
    /// @throws DatastoreUnavailable when it cannot be loaded
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

    /// Deletes the unpacked library and its lock file; the process keeps its mapping. A failure is only logged.
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

    /// The copies unpacked for this process that still exist in the file system.
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
