package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/// A first look at the file of the embedded datastore, so that a damaged one is told before anything is written: at its
/// head here, at the rest by the datastore's driver.
final class StateFile {
    /// See <https://www.sqlite.org/fileformat.html#magic_header_string>.
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 100;

    private StateFile() {
    }

    /// What is wrong with it, if it is there and anything is. `driver` tells what lies deeper in that of a data
    /// directory.
    static Optional<String> problem(Path dataDir, Function<Path, Optional<String>> driver) {
        Path file = dataDir.resolve("server/db/state.db");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEADER);
            // an empty file is a database of SQLite's without tables
            if (head.length == 0) {
                return Optional.empty();
            }
            Optional<String> why = !Arrays.equals(head, 0, Math.min(head.length, MAGIC.length), MAGIC, 0, MAGIC.length)
                    ? Optional.of("it does not begin like an SQLite database")
                    : head.length < HEADER ? Optional.of("it ends within its header") : Optional.empty();
            return why.map(w -> "the datastore " + file + " is damaged (" + w + "); "
                    + "nothing was changed: put back a copy of it, or, to begin an empty cluster, move the directory "
                    + file.getParent() + " away")
                    .or(() -> driver.apply(dataDir));
        } catch (IOException e) {
            return Optional.of("cannot read the datastore " + file + ": " + e + "; check its owner and mode");
        }
    }
}
