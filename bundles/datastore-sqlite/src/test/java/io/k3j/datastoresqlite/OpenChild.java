package io.k3j.datastoresqlite;

import java.nio.file.Path;

/// A second server, as far as the datastore is concerned.
final class OpenChild {
    private OpenChild() {
    }

    public static void main(String[] arguments) {
        SqliteStore.open(Path.of(arguments[0]), false, System.err::println).close();
    }
}
