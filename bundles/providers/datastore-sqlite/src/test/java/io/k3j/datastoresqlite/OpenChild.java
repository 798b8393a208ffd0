package io.k3j.datastoresqlite;

import java.nio.file.Path;

/// Opens the datastore in a second process.
final class OpenChild {
    private OpenChild() {
    }

    public static void main(String[] arguments) {
        SqliteStore.open(Path.of(arguments[0]), false, System.err::println).close();
    }
}
