package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store's maintenance of its files and threads.
class UpkeepTest {
    private static final long MIB = 1 << 20;
    @TempDir
    Path dataDir;

    @Test
    void theWriteAheadLogStaysSmallUnderLoad() throws InterruptedException {
        try (SqliteStore store = open()) {
            List<Thread> writers = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                int number = t;
                writers.add(Thread.ofVirtual().start(() -> write(store.datastore(), number)));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(Sql.file(dataDir)).satisfies(file -> assertThat(Files.size(file)).isGreaterThan(100 * MIB));
            assertThat(dataDir.resolve("server/db/state.db-wal"))
                    .satisfies(wal -> assertThat(Files.size(wal)).isLessThanOrEqualTo(128 * MIB));
        }
        assertThat(dataDir.resolve("server/db/state.db-wal")).doesNotExist();
    }

    private static void write(Datastore store, int number) {
        byte[] value = new byte[20_000];
        for (int i = 0; i < 600; i++) {
            assertThat(store.commit("/k/" + number + "/" + i, 0, value, Duration.ZERO))
                    .isInstanceOf(CommitResult.Committed.class);
        }
    }

    @Test
    void closingEndsEveryThread() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        SqliteStore store = open();
        write(store.datastore(), 0);
        long start = System.nanoTime();
        store.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 2 : 30));
        Set<String> remaining = Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread))
                .map(Thread::getName).filter(name -> name.startsWith("datastore")).collect(Collectors.toSet());
        assertThat(remaining).isEmpty();
    }

    @Test
    void aQuietStoreWritesNothing() throws Exception {
        try (SqliteStore store = open()) {
            write(store.datastore(), 0);
            long quiet = 1;
            // first the checkpoint of the written pages has to finish
            for (int i = 0; i < 10 && quiet != 0; i++) {
                long before = written();
                store.datastore().watch("/", store.datastore().revision()).next(Duration.ofMillis(1_500));
                quiet = written() - before;
            }
            assertThat(quiet).isZero();
        }
    }

    private static long written() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/io")).stream().filter(line -> line.startsWith("write_bytes"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1))).sum();
    }

    @Test
    void theSizeIsTheSizeOfTheFiles() {
        try (SqliteStore store = open()) {
            long before = store.datastore().size();
            write(store.datastore(), 0);
            assertThat(store.datastore().size()).isGreaterThan(before + 600 * 20_000L);
        }
    }

    private SqliteStore open() {
        return SqliteStore.open(dataDir, false, message -> {
        });
    }
}
