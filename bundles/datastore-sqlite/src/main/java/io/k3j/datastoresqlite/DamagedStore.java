package io.k3j.datastoresqlite;

import java.io.IOException;
import java.nio.file.Path;

/// The database file cannot be used; it was not touched.
final class DamagedStore extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedStore(Path file, String why) {
        super("the datastore " + file + " is damaged (" + why
                + "); nothing was changed. Put back a copy of state.db, or"
                + " save what is left with: sqlite3 " + file + " .recover | sqlite3 " + file
                + ".recovered; to begin an empty cluster, move the directory " + file.getParent() + " away");
    }
}
