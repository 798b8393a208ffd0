package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePasswordFileTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void find() throws IOException {
        file = Credentials.nodePasswordFile(Given.settings(directory), new ServerLayout(directory));
        Files.createDirectories(file.getParent());
    }

    private String afterAStart() throws IOException {
        Credentials.ensure(Given.settings(directory), new ServerLayout(directory), Instant.now(), RANDOM);
        return Files.readString(file);
    }

    @Test
    void aPasswordThatIsThereStays() throws IOException {
        Files.writeString(file, "mine\n");
        assertThat(afterAStart()).isEqualTo("mine\n");
    }

    /// As a power cut may leave one that was not synced.
    @Test
    void anEmptyFileHoldsNone() throws IOException {
        Files.writeString(file, "\n");
        String made = afterAStart();
        assertThat(made).isNotBlank();
        assertThat(afterAStart()).isEqualTo(made);
    }
}
