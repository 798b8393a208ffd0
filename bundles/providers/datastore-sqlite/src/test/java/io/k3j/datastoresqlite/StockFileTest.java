package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files written by stock K3s (kine), which have to stay readable for it.
class StockFileTest {
    private static final List<String> KINE_INDEXES = List.of("CREATE INDEX kine_name_index ON kine (name)",
            "CREATE INDEX kine_name_id_index ON kine (name,id)",
            "CREATE INDEX kine_id_deleted_index ON kine (id,deleted)",
            "CREATE INDEX kine_prev_revision_index ON kine (prev_revision)",
            "CREATE INDEX kine_id_compact_rev_key_with_prev_revision_index ON kine (id, name, prev_revision)"
                    + " WHERE name != 'compact_rev_key' AND prev_revision != 0");
    private static final String INSERT = "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision,"
            + " lease, value, old_value) VALUES ";
    @TempDir
    Path dataDir;
    private Path file;

    /// Revision 1 compact row at 3 · 2 health · 4 a pod, created · 5 replaced · 6 a key created and at 7
    /// deleted · 8 a filled gap · 9 a missing revision · 10 the key again · an event with a lease.
    @BeforeEach
    void aFileOfStockK3s() throws Exception {
        file = Sql.file(dataDir);
        Files.createDirectories(file.getParent());
        Sql.run(file, "PRAGMA journal_mode=WAL",
                "CREATE TABLE kine (id INTEGER primary key autoincrement, name INTEGER, created INTEGER,"
                        + " deleted INTEGER, create_revision INTEGER, prev_revision INTEGER, lease INTEGER,"
                        + " value BLOB, old_value BLOB)",
                "CREATE UNIQUE INDEX kine_name_prev_revision_uindex ON kine (name, prev_revision)");
        Sql.run(file, KINE_INDEXES.toArray(String[]::new));
        Sql.run(file, INSERT + "(1, 'compact_rev_key', 1, 0, 0, 3, 0, x'', NULL)",
                INSERT + "(2, '/registry/health', 1, 0, 0, 0, 0, '{\"health\":\"true\"}', NULL)",
                INSERT + "(4, '/registry/pods/a', 1, 0, 0, 0, 0, x'6b3873000a', NULL)",
                INSERT + "(5, '/registry/pods/a', 0, 0, 4, 4, 0, x'6b3873000b', x'6b3873000a')",
                INSERT + "(6, '/registry/pods/b', 1, 0, 0, 0, 0, 'b1', NULL)",
                INSERT + "(7, '/registry/pods/b', 0, 1, 6, 6, 0, 'b1', 'b1')",
                INSERT + "(8, 'gap-8', 0, 1, 0, 0, 0, NULL, NULL)",
                INSERT + "(10, '/registry/pods/b', 1, 0, 0, 7, 0, 'b2', 'b1')",
                INSERT + "(11, '/registry/events/e', 1, 0, 0, 0, 3600, 'e', NULL)");
    }

    @Test
    void currentValuesHistoryAndRevisionsAreServed() {
        with(store -> {
            assertThat(store.revision()).isEqualTo(11);
            assertThat(store.compactRevision()).isEqualTo(3);
            assertThat(store.range("/", "", 0, 0).entries()).extracting(Entry::key).containsExactly(
                    "/registry/events/e", "/registry/health", "/registry/pods/a", "/registry/pods/b");
            assertThat(store.range("", "", 0, 8).entries()).extracting(Entry::key)
                    .containsExactly("/registry/health", "/registry/pods/a");
            assertThat(store.get("/registry/pods/a")).get().satisfies(entry -> {
                assertThat(entry.value()).isEqualTo(new byte[] {'k', '8', 's', 0, 11});
                assertThat(entry.createRevision()).isEqualTo(4);
                assertThat(entry.revision()).isEqualTo(5);
            });
            assertThat(store.get("/registry/pods/b")).map(Entry::createRevision).hasValue(10L);
        });
    }

    @Test
    void theWholeLogIsWatchableWithoutFillers() {
        with(store -> {
            try (Watch watch = store.watch("", 3)) {
                Watch.Batch batch = watch.next(Duration.ofMinutes(1));
                assertThat(batch.changes()).extracting(Change::revision).containsExactly(4L, 5L, 6L, 7L, 10L, 11L);
                assertThat(batch.changes()).extracting(Change::deletion).containsExactly(false, false, false, true,
                        false, false);
                assertThat(batch.changes().get(4).creation()).isTrue();
                assertThat(batch.revision()).isEqualTo(11);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void writtenRowsHaveKinesColumns() throws Exception {
        with(store -> {
            put(store, "/registry/pods/a", 5, "a3");
            assertThat(store.delete("/registry/pods/a", 12)).isInstanceOf(CommitResult.Committed.class);
            put(store, "/registry/pods/a", 0, "a4");
            store.commit("/registry/events/f", 0, bytes("f"), Duration.ofMillis(1_500_500));
        });
        assertThat(Sql.rows(file, "SELECT id, name, created, deleted, create_revision, prev_revision, lease,"
                + " CAST(value AS TEXT), hex(old_value) FROM kine WHERE id > 11 ORDER BY id"))
                .containsExactly("12|/registry/pods/a|0|0|4|5|0|a3|6B3873000B",
                        "13|/registry/pods/a|0|1|4|12|0|a3|6133", "14|/registry/pods/a|1|0|0|13|0|a4|",
                        "15|/registry/events/f|1|0|0|0|1501|f|");
        assertThat(Sql.rows(file, "SELECT typeof(value), typeof(name) FROM kine WHERE id > 11")).containsOnly(
                "blob|text");
    }

    @Test
    void kinesListQueryFindsTheSameState() throws Exception {
        with(store -> {
            put(store, "/registry/pods/c", 0, "c");
            store.delete("/registry/pods/b", 10);
        });
        assertThat(Sql.rows(file, "SELECT kv.name, kv.id FROM kine kv JOIN (SELECT MAX(id) AS id FROM kine WHERE name"
                + " LIKE '/registry/pods/%' GROUP BY name) m ON m.id = kv.id WHERE kv.deleted = 0 ORDER BY kv.name"))
                .containsExactly("/registry/pods/a|5", "/registry/pods/c|12");
    }

    @Test
    void compactionKeepsTheRowsKineWouldKeep() throws Exception {
        with(store -> assertThat(store.compact(11)).isEqualTo(11));
        assertThat(Sql.rows(file, "SELECT id, name, prev_revision FROM kine ORDER BY id")).containsExactly(
                "1|compact_rev_key|11", "2|/registry/health|0", "5|/registry/pods/a|4", "10|/registry/pods/b|7",
                "11|/registry/events/e|0");
    }

    @Test
    void compactionKeepsTheNewestRowBecauseKineReadsTheRevisionFromIt() throws Exception {
        with(store -> {
            store.delete("/registry/pods/b", 10);
            assertThat(store.compact(12)).isEqualTo(12);
        });
        assertThat(Sql.rows(file, "SELECT MAX(id) FROM kine")).containsExactly("12");
        with(store -> {
            put(store, "/registry/pods/c", 0, "c");
            store.compact(13);
        });
        assertThat(Sql.rows(file, "SELECT COUNT(*) FROM kine WHERE deleted = 1")).containsExactly("0");
    }

    @Test
    void secondaryIndexesAreDroppedUnlessWanted() throws Exception {
        String indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'kine' ORDER BY name";
        SqliteStore.open(dataDir, true, message -> {
        }).close();
        assertThat(Sql.rows(file, indexes)).hasSize(6);
        try (SqliteStore store = SqliteStore.open(dataDir, false, message -> {
        })) {
            put(store.datastore(), "/registry/pods/c", 0, "c");
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (Sql.rows(file, indexes).size() > 1 && System.nanoTime() < deadline) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        assertThat(Sql.rows(file, indexes)).containsExactly("kine_name_prev_revision_uindex");
    }

    /// kine keeps only one row, after a bug that wrote two.
    @Test
    void ofTwoCompactRowsTheHigherCounts() throws Exception {
        Sql.run(file, INSERT + "(12, 'compact_rev_key', 1, 0, 0, 0, 0, x'', NULL)");
        with(store -> {
            assertThat(store.compactRevision()).isEqualTo(3);
            assertThat(store.compact(6)).isEqualTo(6);
            put(store, "/registry/pods/c", 0, "c");
        });
        assertThat(Sql.rows(file, "SELECT id, prev_revision FROM kine WHERE name = 'compact_rev_key'"))
                .containsExactly("1|6");
    }

    /// kine 2023-10-30 e0ae664: rows of a concurrent writer must neither be overwritten nor skipped.
    @Test
    void rowsAddedByAnotherProgramAreServed() {
        with(store -> {
            try (Watch watch = store.watch("/registry/", 11)) {
                Sql.run(file, INSERT + "(12, '/registry/pods/x', 1, 0, 0, 0, 0, 'x', NULL)",
                        INSERT + "(13, '/registry/pods/a', 0, 0, 4, 5, 0, 'a3', x'6b3873000b')");
                CommitResult late = store.commit("/registry/pods/a", 5, bytes("mine"), Duration.ZERO);
                assertThat(late).isInstanceOf(CommitResult.Conflict.class);
                assertThat(put(store, "/registry/pods/y", 0, "y")).isEqualTo(14);
                assertThat(watch.next(Duration.ofMinutes(1)).changes()).extracting(Change::revision)
                        .startsWith(12L, 13L);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void with(Consumer<Datastore> work) {
        try (SqliteStore store = SqliteStore.open(dataDir, true, message -> {
        })) {
            work.accept(store.datastore());
        }
    }

    private static long put(Datastore store, String key, long expected, String value) {
        CommitResult result = store.commit(key, expected, bytes(value), Duration.ZERO);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).revision();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
