package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    private static final int PAGE = 4_096;
    private static final String MAKE = "PRAGMA journal_mode=WAL; CREATE TABLE kine (id INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " name TEXT, prev_revision INTEGER, value BLOB); CREATE UNIQUE INDEX u ON kine (name, prev_revision);"
            + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            + " INSERT INTO kine SELECT i, '/registry/pods/default/p' || i, 0, zeroblob(i % 900) FROM n;";
    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void make() throws IOException, InterruptedException {
        Path parent = Files.createDirectories(directory.resolve("server/db"));
        file = parent.resolve("state.db");
        assertThat(new ProcessBuilder("sqlite3", file.toString(), MAKE).start().waitFor()).isZero();
    }

    @Test
    void aSoundFileIsNoProblem() {
        assertThat(StateFile.problem(directory)).isEmpty();
    }

    @Test
    void everyTreePageWithOtherBytesIsTold() throws IOException {
        long pages = Files.size(file) / PAGE;
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(7);
        byte[] noise = new byte[PAGE];
        for (long page = 1; page < pages; page += 7) {
            random.nextBytes(noise);
            noise[0] = 0x7f;
            overwrite(page, noise);
            assertThat(StateFile.problem(directory)).as("page %s", page + 1).get().asString()
                    .contains("is damaged (page " + (page + 1)).contains("nothing was changed");
            Files.write(file, sound);
        }
    }

    @Test
    void aFileCutOffIsTold() throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(open.length() - 10L * PAGE);
        }
        assertThat(StateFile.problem(directory)).get().asString().contains("is damaged (it ends after");
    }

    @Test
    void aFileWithAWriteAheadLogIsLeftToTheDatastore() throws IOException {
        overwrite(5, new byte[PAGE]);
        Files.write(file.resolveSibling("state.db-wal"), new byte[32]);
        assertThat(StateFile.problem(directory)).isEmpty();
    }

    private void overwrite(long page, byte[] bytes) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(page * PAGE);
            open.write(bytes);
        }
    }
}
