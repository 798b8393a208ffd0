package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies behind the head of the file is the driver's to tell: `QuickCheckTest` of datastore-sqlite.
class StateFileTest {
    private static final byte[] HEAD = Arrays.copyOf("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII), 100);
    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void make() throws IOException {
        file = Files.createDirectories(directory.resolve("server/db")).resolve("state.db");
    }

    @Test
    void aSoundFileIsNoProblem() throws IOException {
        assertThat(problem("deeper")).as("no file").isEmpty();
        Files.write(file, new byte[0]);
        assertThat(problem("deeper")).as("no tables").isEmpty();
        Files.write(file, HEAD);
        assertThat(StateFile.problem(directory, dataDir -> Optional.empty())).isEmpty();
    }

    @Test
    void whatTheDriverFindsIsTold() throws IOException {
        Files.write(file, HEAD);
        assertThat(problem("deeper")).contains("deeper");
    }

    @Test
    void aFileThatIsNoneIsToldWithoutTheDriver() throws IOException {
        Files.writeString(file, "no database ".repeat(100));
        assertThat(problem("deeper")).get().asString().contains("is damaged (it does not begin like")
                .contains("nothing was changed");
        Files.write(file, Arrays.copyOf(HEAD, 99));
        assertThat(problem("deeper")).get().asString().contains("is damaged (it ends within its header")
                .contains("nothing was changed");
    }

    private Optional<String> problem(String deeper) {
        return StateFile.problem(directory, dataDir -> Optional.of(deeper));
    }
}
