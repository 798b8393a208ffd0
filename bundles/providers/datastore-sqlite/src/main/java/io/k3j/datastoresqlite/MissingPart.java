package io.k3j.datastoresqlite;

import java.io.IOException;
import java.nio.file.Path;

/// A file of the database was removed after the last server ended without closing it.
final class MissingPart extends IOException {
    private static final long serialVersionUID = 1L;

    MissingPart(Path missing, Path note) {
        super("the datastore's file " + missing
                + " is missing, and with it writes that were acknowledged before the last"
                + " server ended; nothing was changed. Put the file back; to go on without those writes, remove "
                + note);
    }
}
