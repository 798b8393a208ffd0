package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every feature becomes healthy with nothing but what its `needs` declare, and stops in order.
class BootItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);

    private static final String SERVICE_KEY = "service.key";

    @TempDir
    Path dir;

    @TestFactory
    Stream<DynamicTest> bootsWithItsDeclaredNeedsAlone() throws IOException {
        DescribedFeatures features = new DescribedFeatures(K3sProcess.distribution().resolve("features"));
        List<String> names = features.withoutNode();
        assertThat(names).isNotEmpty();
        return names.stream().map(name -> DynamicTest.dynamicTest(name,
                () -> boots(features.alone(name, dir.resolve(name + "-features")), dir.resolve(name))));
    }

    private void boots(Path features, Path home) throws IOException, InterruptedException {
        Path tls = Files.createDirectories(home.resolve("data/server/tls"));
        if (Files.exists(serviceKey())) {
            // one that was made already: an RSA key is a third of what a first start costs
            Files.copy(serviceKey(), tls.resolve(SERVICE_KEY), StandardCopyOption.COPY_ATTRIBUTES);
        }
        try (K3sProcess server = K3sProcess.server(home, List.of("-Dk3j.features=" + features), "--disable-agent",
                "--bind-address", "127.0.0.1")) {
            server.awaitOutput("Component healthy component=console", LIMIT);
            server.await("healthy bundles", LIMIT, () -> healthy(server));
            assertThat(server.stop()).as(server::tail).isZero();
        }
        if (Files.exists(tls.resolve(SERVICE_KEY)) && Files.notExists(serviceKey())) {
            Files.copy(tls.resolve(SERVICE_KEY), serviceKey(), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private Path serviceKey() {
        return dir.resolve(SERVICE_KEY);
    }

    private static boolean healthy(K3sProcess server) {
        try {
            ConsoleAnswer answer = server.console("ls");
            return answer.lines().stream().skip(1).map(row -> row.split("\\s+"))
                    .allMatch(columns -> columns[2].equals("ACTIVE") && columns[3].equals("OK"));
        } catch (IOException e) {
            return false;
        }
    }
}
