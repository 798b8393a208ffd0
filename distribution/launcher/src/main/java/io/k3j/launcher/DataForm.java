package io.k3j.launcher;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The form of what a data directory holds, a number that a release raises when older ones would misread what it
/// writes. It is kept in the data directory, so that an older release refuses to start instead of opening it.
public final class DataForm {
    /// What this release writes and the newest it reads.
    public static final int OWN = 1;
    private static final String FILE = "bundles/data-form";
    private static final int MOST_BYTES = 16;

    private DataForm() {
    }

    /// Where a data directory keeps it.
    public static Path file(Path dataDir) {
        return dataDir.resolve(FILE);
    }

    /// That of a data directory; of one that has none yet the first one.
    /// @throws IOException when its file is damaged or cannot be read
    public static int of(Path dataDir) throws IOException {
        Path file = file(dataDir);
        if (Files.notExists(file)) {
            return 1;
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is damaged: it is no number");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException(file + " is damaged: '" + text + "' is no number", e);
        }
    }

    /// Refuses one that a newer release has written.
    static void refuseNewer(Path dataDir) throws StartFailure {
        try {
            int form = of(dataDir);
            if (form > OWN) {
                throw new StartFailure("the data directory " + dataDir + " was written by a newer release (form " + form
                        + ", this one reads up to " + OWN + "); start that release, or restore a snapshot that was"
                        + " taken before it ran and then delete " + file(dataDir));
            }
        } catch (IOException e) {
            throw new StartFailure("cannot tell which release has written the data directory " + dataDir + ": "
                    + e.getMessage(), e);
        }
    }

    /// Says, for good, that this release writes from now on.
    static void record(Path dataDir) throws IOException {
        Path file = file(dataDir);
        if (Files.notExists(file) || of(dataDir) != OWN) {
            DurableFiles.write(file, OWN + "\n", "rw-------");
        }
    }
}
