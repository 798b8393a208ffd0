package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A first look at the file of the embedded datastore, so that a damaged one is told before anything is written.
/// What shows only deeper inside, or beside a write-ahead log, is told by the datastore itself.
final class StateFile {
    /// See <https://www.sqlite.org/fileformat.html#magic_header_string>.
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private StateFile() {
    }

    /// What is wrong with it, if it is there and anything is.
    static Optional<String> problem(Path dataDir) {
        Path file = dataDir.resolve("server/db/state.db");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(MAGIC.length);
            // an empty file is a database of SQLite's without tables
            Optional<String> why = head.length == 0 ? Optional.empty()
                    : !Arrays.equals(head, MAGIC) ? Optional.of("it does not begin like an SQLite database")
                            : closed(file) ? StatePages.problem(file) : Optional.empty();
            return why.map(w -> "the datastore " + file + " is damaged (" + w + "); "
                    + "nothing was changed: put back a copy of it, or, to begin an empty cluster, move the directory "
                    + file.getParent() + " away");
        } catch (IOException e) {
            return Optional.of("cannot read the datastore " + file + ": " + e + "; check its owner and mode");
        }
    }

    /// Whether everything is in the file itself.
    private static boolean closed(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return !Files.exists(log) || Files.size(log) == 0;
    }
}
