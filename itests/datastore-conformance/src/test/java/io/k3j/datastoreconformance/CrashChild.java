package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/// A process that writes without end and prints `key revision number` after each acknowledgement (number 0:
/// deleted). The value of a key is its number, padded. Killed or stopped by [CrashTest].
final class CrashChild {
    private static final int THREADS = 24;
    private static final int KEYS = 40;

    private CrashChild() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        Datastore store = SqliteStore.open(Path.of(arguments[0]), false, System.err::println).datastore();
        long seed = Long.parseLong(arguments[1]);
        Thread compactor = Thread.ofPlatform().start(() -> {
            while (true) {
                store.compact(store.revision() - 500);
            }
        });
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            Thread.ofVirtual().start(() -> write(store, new Random(seed + number), "/crash/" + number + "/"));
        }
        compactor.join();
    }

    private static void write(Datastore store, Random random, String prefix) {
        PrintStream out = System.out;
        while (true) {
            String key = prefix + random.nextInt(KEYS);
            long expected = store.get(key).map(entry -> entry.revision()).orElse(0L);
            int number = expected > 0 && random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(1_000_000);
            if (number == 0) {
                out.print("deletes " + key + "\n");
            }
            CommitResult result = number == 0 ? store.delete(key, expected)
                    : store.commit(key, expected, value(number, random), Duration.ZERO);
            if (result instanceof CommitResult.Committed(long revision)) {
                out.print(key + " " + revision + " " + number + "\n");
            } else {
                throw new IllegalStateException("a conflict without a rival: " + result);
            }
        }
    }

    private static byte[] value(int number, Random random) {
        return Conformance.bytes(number + " " + "x".repeat(random.nextInt(4_000)));
    }
}
