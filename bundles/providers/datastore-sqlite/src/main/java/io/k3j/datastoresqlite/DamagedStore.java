package io.k3j.datastoresqlite;

import java.io.IOException;
import java.nio.file.Path;

/// The database file is unusable. It was not changed.
final class DamagedStore extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedStore(Path file, String why) {
        super(damaged(file, why) + "; nothing was changed. Put back a copy of state.db, or" + saving(file)
                + "; to begin an empty cluster, move the directory " + file.getParent() + " away");
    }

    /// The message for damage found while the server runs.
    static String whileInUse(Path file, String why) {
        return damaged(file, why) + ": stop the server, then put back a copy of state.db, or" + saving(file);
    }

    private static String damaged(Path file, String why) {
        return "the datastore " + file + " is damaged (" + why + ")";
    }

    private static String saving(Path file) {
        return " save what is left with: sqlite3 " + file + " .recover | sqlite3 " + file + ".recovered";
    }
}
