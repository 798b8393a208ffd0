package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;

/// Commits one after the other and prints a line after each acknowledgement; traced by [SyncTest].
final class SyncChild {
    static final int COMMITS = 20;

    private SyncChild() {
    }

    public static void main(String[] arguments) {
        try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]), false, System.err::println)) {
            Datastore datastore = store.datastore();
            for (int i = 0; i < COMMITS; i++) {
                datastore.commit("/key/" + i, 0, Conformance.bytes("COMMIT" + i + "."), Duration.ZERO);
                System.out.print("ACKNOWLEDGED" + i + ".\n");
                System.out.flush();
            }
        }
    }
}
