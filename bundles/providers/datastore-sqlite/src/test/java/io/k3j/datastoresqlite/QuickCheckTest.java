package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.StoreOpener;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The check of a damaged file before anything is written.
class QuickCheckTest {
    private static final int PAGE = 4_096;
    private static final int FRAME_HEADER = 24;
    private static final String FILL = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            + " INSERT INTO kine SELECT i, '/registry/pods/default/p' || i, 0, zeroblob(i % 900) FROM n";
    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void make() throws IOException, SQLException {
        file = Sql.file(directory);
        Files.createDirectories(file.getParent());
        Sql.run(file, "PRAGMA journal_mode=WAL", "CREATE TABLE kine (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                + " name TEXT, prev_revision INTEGER, value BLOB)",
                "CREATE UNIQUE INDEX u ON kine (name, prev_revision)",
                FILL);
    }

    @Test
    void aSoundFileIsAcceptedUnchanged() throws IOException {
        Map<String, String> before = tree();
        assertThat(problem()).isEmpty();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void everyOverwrittenTreePageIsReported() throws IOException {
        long pages = Files.size(file) / PAGE;
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(7);
        byte[] noise = new byte[PAGE];
        for (long page = 1; page < pages; page += 7) {
            random.nextBytes(noise);
            noise[0] = 0x7f;
            overwrite(page, noise);
            Map<String, String> before = tree();
            assertThat(problem()).as("page %s", page + 1).get().asString().contains("state.db is damaged (")
                    .contains("page " + (page + 1)).contains("nothing was changed").contains(".recover")
                    .contains("move the directory");
            assertThat(tree()).isEqualTo(before);
            Files.write(file, sound);
        }
    }

    @Test
    void aTruncatedFileIsReported() throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(open.length() - 10L * PAGE);
        }
        Map<String, String> before = tree();
        assertThat(problem()).get().asString().contains("is damaged (").contains("malformed");
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void pagesInTheWriteAheadLogAreNotReported() throws IOException {
        Path crashed = crashed();
        Path copy = Sql.file(crashed);
        assertThat(problem(crashed)).isEmpty();
        overwrite(copy, pageInLog(copy) - 1, new byte[PAGE]);
        assertThat(problem(crashed)).isEmpty();
        Files.deleteIfExists(copy.resolveSibling("state.db-shm"));
        overwrite(copy, 50, new byte[PAGE]);
        Map<String, String> before = tree();
        assertThat(problem(crashed)).get().asString().contains("is damaged (").contains("page 51");
        assertThat(tree()).isEqualTo(before);
    }

    /// A data directory after a crash: the last change is only in the log.
    private Path crashed() throws IOException {
        Path origin = directory.resolve("origin");
        Path copy = Sql.file(directory.resolve("crashed"));
        Files.createDirectories(copy.getParent());
        try (SqliteStore store = open(origin)) {
            for (int i = 0; i < 300; i++) {
                store.datastore().commit("/k/" + i, 0, new byte[2_000], Duration.ZERO);
            }
        }
        try (SqliteStore store = open(origin)) {
            store.datastore().commit("/last", 0, new byte[2_000], Duration.ZERO);
            for (String name : List.of("state.db", "state.db-wal")) {
                Files.copy(Sql.file(origin).resolveSibling(name), copy.resolveSibling(name));
            }
        }
        return directory.resolve("crashed");
    }

    /// The page number of the log's last frame, see
    /// <https://www.sqlite.org/fileformat.html#the_write_ahead_log>.
    private static int pageInLog(Path file) throws IOException {
        ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(file.resolveSibling("state.db-wal")));
        return log.getInt(log.limit() - PAGE - FRAME_HEADER);
    }

    private static SqliteStore open(Path dataDir) {
        return SqliteStore.open(dataDir, false, message -> {
        });
    }

    @Test
    void aLargeFileIsNotCheckedByTheStart() throws IOException {
        overwrite(3, new byte[PAGE]);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(QuickCheck.MAX_START_BYTES + PAGE);
        }
        assertThat(problem()).isEmpty();
    }

    private Optional<String> problem() {
        return problem(directory);
    }

    private static Optional<String> problem(Path dataDir) {
        return new SqliteOpener().problem(new StoreOpener.Place("", dataDir, List.of()));
    }

    private void overwrite(long page, byte[] bytes) throws IOException {
        overwrite(file, page, bytes);
    }

    private static void overwrite(Path file, long page, byte[] bytes) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(page * PAGE);
            open.write(bytes);
        }
    }

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                tree.put(path.toString(), Files.size(path) + " " + Files.getLastModifiedTime(path));
            }
        }
        return tree;
    }
}
