package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bad files, full disks, second servers: each gets a clear message, and nothing is changed.
class StoreFaultsTest {
    @TempDir
    Path dataDir;

    @Test
    void fileAndDirectoryAreForTheirOwnerOnly() throws IOException {
        open().close();
        Path directory = dataDir.resolve("server/db");
        assertThat(mode(directory)).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedUnchanged() throws IOException {
        Path file = Sql.file(dataDir);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "not a database, but somebody's precious data ".repeat(100));
        assertRefused("state.db", "damaged", "nothing was changed", ".recover", "move the directory");
    }

    @Test
    void aFileWithADamagedPageIsRefused() throws Exception {
        filled();
        try (RandomAccessFile file = new RandomAccessFile(Sql.file(dataDir).toFile(), "rw")) {
            file.seek(100);
            file.write(new byte[3_000]);
        }
        assertRefused("state.db", "damaged");
    }

    @Test
    void damageFoundLaterStopsTheStoreWithAMessage() throws Exception {
        filled();
        try (RandomAccessFile file = new RandomAccessFile(Sql.file(dataDir).toFile(), "rw")) {
            file.seek(file.length() / 2 / 4096 * 4096);
            file.write(new byte[8 * 4096]);
        }
        List<String> messages = new ArrayList<>();
        try (SqliteStore store = SqliteStore.open(dataDir, false, messages::add)) {
            assertThatThrownBy(() -> store.datastore().range("/", "", 0, 0)).isInstanceOf(DatastoreUnavailable.class);
            assertThatThrownBy(() -> put(store.datastore(), "/x")).isInstanceOf(DatastoreUnavailable.class);
        }
        assertThat(messages).hasSize(1).first().asString().contains("state.db").contains(".recover");
    }

    @Test
    void aMissingWriteAheadLogIsReported() throws IOException {
        Path copy = dataDir.resolve("copy/server/db");
        Files.createDirectories(copy);
        try (SqliteStore store = open()) {
            put(store.datastore(), "/a");
            for (String name : List.of("state.db", "state.db.lock")) {
                Files.copy(Sql.file(dataDir).resolveSibling(name), copy.resolve(name));
            }
        }
        assertThatThrownBy(() -> SqliteStore.open(dataDir.resolve("copy"), false, message -> {
        })).isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("state.db-wal is missing")
                .hasMessageContaining("remove");
        Files.delete(copy.resolve("state.db.lock"));
        SqliteStore.open(dataDir.resolve("copy"), false, message -> {
        }).close();
    }

    @Test
    void anotherTableOfThatNameIsRefused() throws Exception {
        Path file = Sql.file(dataDir);
        Files.createDirectories(file.getParent());
        Sql.run(file, "CREATE TABLE kine (something TEXT)");
        assertRefused("state.db");
    }

    @Test
    void aSecondServerIsRefused() {
        try (SqliteStore first = open()) {
            assertThatThrownBy(this::open).isInstanceOf(DatastoreUnavailable.class).hasMessageContaining("state.db")
                    .hasMessageContaining("another server").hasMessageContaining("--data-dir");
            put(first.datastore(), "/a");
        }
        open().close();
    }

    @Test
    void aSecondProcessIsRefused() throws Exception {
        try (SqliteStore first = open()) {
            put(first.datastore(), "/a");
            List<String> before = tree();
            assertThat(refusal("-ea")).contains("another server is using the datastore");
            assertThat(tree()).isEqualTo(before);
        }
    }

    @Test
    void anUnloadableLibraryIsNotReportedAsDamage() throws Exception {
        List<String> before = tree();
        assertThat(refusal("-Dorg.sqlite.tmpdir=/proc")).contains("SQLite cannot be loaded, nothing was changed: ")
                .doesNotContain("damaged");
        assertThat(tree()).isEqualTo(before);
    }

    /// The output of a server with this additional Java option that refuses to start.
    private String refusal(String option) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Process server = new ProcessBuilder(java, option, "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), OpenChild.class.getName(), dataDir.toString())
                .redirectErrorStream(true).start();
        String output = new String(server.getInputStream().readAllBytes());
        assertThat(server.waitFor()).isNotZero();
        return output;
    }

    @Test
    void aFullDiskRefusesWritesUntilThereIsRoom() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=6m", "k3j-test", dataDir.toString()) == 0,
                "this user may not mount a tmpfs");
        try (SqliteStore opened = open()) {
            Datastore store = opened.datastore();
            Path ballast = dataDir.resolve("ballast");
            Files.write(ballast, new byte[3 << 20]);
            int written = fill(store);
            assertThat(store.count("/large/").keys()).isEqualTo(written);
            compactIfPossible(store);
            long newest = store.revision();
            Files.delete(ballast);
            assertThat(put(store, "/again")).isEqualTo(newest + 1);
            assertThat(store.compact(newest + 1)).isEqualTo(newest + 1);
            assertThat(Sql.rows(Sql.file(dataDir), "SELECT COUNT(*) FROM kine WHERE name = '/often'"))
                    .containsExactly("1");
        } finally {
            run("umount", dataDir.toString());
        }
    }

    /// Writes until the disk is full; returns the number of acknowledged large keys.
    private static int fill(Datastore store) {
        long often = 0;
        for (int written = 0; written < 100; written++) {
            try {
                store.commit("/large/" + written, 0, new byte[200_000], Duration.ZERO);
            } catch (DatastoreUnavailable full) {
                assertThat(full).hasMessageContaining("disk is full").hasMessageContaining("server/db");
                assertThat(full.outcomeUnknown()).isFalse();
                return written;
            }
            if (store.commit("/often", often, new byte[1], Duration.ZERO) instanceof CommitResult.Committed(long at)) {
                often = at;
            }
        }
        throw new AssertionError("the disk did not get full");
    }

    /// kine 2025-06 #489: compaction stopped for good after the database had been unavailable.
    private static void compactIfPossible(Datastore store) {
        try {
            store.compact(store.revision());
        } catch (DatastoreUnavailable full) {
            assertThat(full).hasMessageContaining("disk is full");
        }
    }

    /// As a database does that has no time for more rows at once: one call is enough all the same.
    @Test
    void aCompactionWhoseLargeStepsFailGoesOnWithSmallOnes() throws Exception {
        try (SqliteStore opened = open()) {
            Datastore store = opened.datastore();
            Sql.run(Sql.file(dataDir), "CREATE TRIGGER small_steps BEFORE UPDATE ON kine"
                    + " WHEN NEW.name = 'compact_rev_key' AND NEW.prev_revision > OLD.prev_revision + 20"
                    + " BEGIN SELECT RAISE(ABORT, 'no time'); END");
            long often = 0;
            for (int i = 0; i < 500; i++) {
                often = ((CommitResult.Committed) store.commit("/often", often, new byte[1], Duration.ZERO)).revision();
            }
            assertThat(store.compact(often)).isEqualTo(often);
            assertThat(Sql.rows(Sql.file(dataDir), "SELECT COUNT(*) FROM kine WHERE name = '/often'"))
                    .containsExactly("1");
        }
    }

    /// For example an operator with the file open in the SQLite shell.
    @Test
    void readsContinueAndWritesWaitWhileAnotherProgramHoldsTheLock() throws Exception {
        try (SqliteStore store = open()) {
            put(store.datastore(), "/a");
            Thread writer;
            try (Holder holder = new Holder(Sql.file(dataDir))) {
                writer = Thread.ofVirtual().start(() -> put(store.datastore(), "/b"));
                assertThat(store.datastore().get("/a")).isPresent();
                assertThat(holder.holds()).isTrue();
            }
            writer.join();
            assertThat(store.datastore().get("/b")).isPresent();
        }
    }

    private void filled() {
        try (SqliteStore store = open()) {
            for (int i = 0; i < 300; i++) {
                store.datastore().commit("/k/" + i, 0, new byte[2_000], Duration.ZERO);
            }
        }
    }

    private void assertRefused(String... parts) throws IOException {
        List<String> before = tree();
        assertThatThrownBy(this::open).isInstanceOfSatisfying(DatastoreUnavailable.class,
                e -> assertThat(e.getMessage()).contains(parts));
        assertThat(tree().stream().filter(line -> line.contains("state.db "))).isEqualTo(
                before.stream().filter(line -> line.contains("state.db ")).toList());
    }

    private List<String> tree() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(dataDir)) {
            for (Path path : paths.sorted().toList()) {
                lines.add(path + " " + Files.size(path) + " " + Files.getLastModifiedTime(path));
            }
        }
        return lines;
    }

    private SqliteStore open() {
        return SqliteStore.open(dataDir, false, message -> {
        });
    }

    private static long put(Datastore store, String key) {
        CommitResult result = store.commit(key, 0, new byte[] {1}, Duration.ZERO);
        return ((CommitResult.Committed) result).revision();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
