package io.k3j.cli;

import java.nio.file.Path;

/// A file that a start needs is not there; somebody may be about to write it.
final class MissingFile extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Path file;

    MissingFile(Path file) {
        super(file + " does not exist");
        this.file = file;
    }

    Path file() {
        return file;
    }
}
