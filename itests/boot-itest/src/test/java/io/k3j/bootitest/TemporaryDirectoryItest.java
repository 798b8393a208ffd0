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

/// A server does without the temporary directory, which may be full, read-only or one nothing can be run from.
class TemporaryDirectoryItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    @TempDir
    private Path dir;

    @Test
    void servesWhereNothingCanBeUnpacked() throws IOException, InterruptedException {
        Commands commands = new Commands(dir);
        try (K3sProcess server = K3sProcess.server(dir, List.of("-Djava.io.tmpdir=/proc"), "--disable-agent",
                "--bind-address", "127.0.0.1")) {
            server.await("served API", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")) && commands.served());
            assertThat(server.output()).doesNotContain("Without epoll");
        }
    }
}
