package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that has no memory left does not go on half: it ends, and whoever watches it starts it again.
class MemoryItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int OUT_OF_MEMORY = 3;
    private static final int OBJECT_BYTES = 900_000;
    private static final int ENOUGH = 60;

    @TempDir
    private Path dir;

    @Test
    void endsWhenItsHeapIsFull() throws IOException, InterruptedException {
        Commands commands = new Commands(dir);
        Path file = Files.writeString(dir.resolve("large"), "x".repeat(OBJECT_BYTES));
        try (K3sProcess server = K3sProcess.server(dir, List.of("-Xmx32m"), "--disable-agent", "--bind-address",
                "127.0.0.1")) {
            server.await("served API", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")) && commands.served());
            for (int n = 0; n < ENOUGH && server.running(); n++) {
                create(commands, n, file);
            }
            assertThat(server.awaitEnd(LIMIT)).as(server::tail).isEqualTo(OUT_OF_MEMORY);
            assertThat(server.output()).contains("OutOfMemoryError");
        }
    }

    private static void create(Commands commands, int n, Path file) throws IOException, InterruptedException {
        try {
            commands.kubectl("create", "configmap", "large-" + n, "--from-file=" + file);
        } catch (AssertionError refused) {
            System.out.println("configmap " + n + " was refused");
        }
    }
}
