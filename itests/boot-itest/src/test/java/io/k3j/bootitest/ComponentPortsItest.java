package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ports of scheduler and controllers of a server, from the socket to what is told there.
class ComponentPortsItest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String TEXT = "text/plain";

    @TempDir
    private Path dir;

    private static int status(Api api, String path) {
        try {
            return api.get(path, TEXT).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Test
    void healthIsForEverybodyAndMetricsForWhomTheApiServerLetsIn() throws Exception {
        int scheduler = FreePort.next();
        int controllers = FreePort.next();
        Path kubeconfig = dir.resolve("k3s.yaml");
        try (K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1",
                "--kube-scheduler-arg=secure-port=" + scheduler,
                "--kube-controller-manager-arg=secure-port=" + controllers)) {
            server.await("kubeconfig", LIMIT, () -> Files.exists(kubeconfig));
            for (int port : List.of(scheduler, controllers)) {
                String at = "https://127.0.0.1:" + port;
                try (Api nobody = Api.anonymous(kubeconfig, at); Api master = Api.of(kubeconfig, at)) {
                    server.await("readiness at " + at, LIMIT, () -> status(nobody, "/readyz") == 200);
                    assertThat(status(nobody, "/healthz")).isEqualTo(200);
                    assertThat(status(nobody, "/metrics")).isEqualTo(403);
                    assertThat(master.get("/metrics", TEXT).body()).contains("# TYPE ");
                    assertThat(master.get("/flagz", TEXT).body()).contains("secure-port=" + port + "\n");
                }
            }
        }
    }
}
