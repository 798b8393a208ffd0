package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies in `server/static` is fetched from the server's port by somebody without credentials.
@NeedsPackages("curl")
class StaticItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final int LARGE = 3_000_000;

    @TempDir
    private Path dir;

    private String curl(String path, String... more) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("curl", "-sS", "--path-as-is", "--cacert",
                dir.resolve("data/server/tls/server-ca.crt").toString(), "--write-out", "|%{http_code}"));
        line.addAll(List.of(more));
        line.add(new Commands(dir).server() + path);
        return Commands.must(Commands.run(line));
    }

    @Test
    void anybodyFetchesFilesAndNothingElse() throws Exception {
        Path charts = Files.createDirectories(dir.resolve("data/server/static/charts"));
        Files.writeString(charts.resolve("a.yaml"), "0123456789");
        String large = "k3j!".repeat(LARGE / 4);
        Files.writeString(charts.resolve("large.txt"), large);
        try (K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("kubeconfig", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")));
            Waiting.until("the directory on the port", server, () -> curl("/static/charts/a.yaml").endsWith("|200"));
            for (String protocol : List.of("--http1.1", "--http2")) {
                assertThat(curl("/static/charts/a.yaml", protocol)).isEqualTo("0123456789|200");
                assertThat(curl("/static/charts/a.yaml", protocol, "--range", "2-4")).isEqualTo("234|206");
                assertThat(curl("/static/charts/a.yaml", protocol, "--head")).contains("ontent-length: 10", "|200");
                assertThat(curl("/static/charts/large.txt", protocol)).isEqualTo(large + "|200");
                assertThat(curl("/static/charts", protocol, "--location")).contains("<a href=\"a.yaml\">")
                        .endsWith("|200");
                for (String outside : List.of("../token", "%2e%2e/token", "charts/../../cred/passwd", "none")) {
                    assertThat(curl("/static/" + outside, protocol)).isEqualTo("404 page not found\n|404");
                }
            }
        }
    }
}
