package io.k3j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Measures two servers at one PostgreSQL on a small scale and looks only at whether every create was acknowledged and
/// told by every watch; with `-Pbench` at full size and at MariaDB as well, for the table.
class ServersBenchItest {
    @Test
    void noCreateFailsAndEveryServerTellsOfEachInOrder(@TempDir Path directory)
            throws IOException, InterruptedException {
        String size = System.getProperty("k3j.bench.size", "smoke");
        assertThat(ServersBench.run(directory, Size.of(size))).isEmpty();
    }
}
