package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ports of scheduler and controllers of a server, and those beside its own, from the socket to what is told there.
class ComponentPortsItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String TEXT = "text/plain";

    @TempDir
    private Path dir;

    /// What is answered, or why nothing is.
    private static String told(Api api, String path) {
        try {
            HttpResponse<String> answer = api.get(path, TEXT);
            return answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    @Test
    void healthIsForEverybodyAndMetricsForWhomTheApiServerLetsIn() throws Exception {
        int scheduler = FreePort.next();
        int controllers = FreePort.next();
        List<Integer> further = List.of(FreePort.next(), FreePort.next());
        Path kubeconfig = dir.resolve("k3s.yaml");
        try (K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1",
                "--kube-scheduler-arg=secure-port=" + scheduler,
                "--kube-controller-manager-arg=secure-port=" + controllers,
                "--supervisor-port=" + further.getFirst(), "--apiserver-port=" + further.getLast())) {
            server.await("kubeconfig", LIMIT, () -> Files.exists(kubeconfig));
            for (int port : List.of(scheduler, controllers)) {
                String at = "https://127.0.0.1:" + port;
                try (Api nobody = Api.anonymous(kubeconfig, at); Api master = Api.of(kubeconfig, at)) {
                    server.await("readiness at " + at, LIMIT, () -> told(nobody, "/readyz").equals("200 ok"));
                    assertThat(told(nobody, "/healthz")).isEqualTo("200 ok");
                    // until the API server's authorizers are there nobody is told that he may not
                    server.await("a refusal at " + at, LIMIT, () -> told(nobody, "/metrics").startsWith("403 "));
                    server.await("metrics at " + at, LIMIT, () -> told(master, "/metrics").contains("# TYPE "));
                    assertThat(told(master, "/flagz")).startsWith("200 ").contains("secure-port=" + port + "\n");
                }
            }
            answersBesideItsOwnPort(server, kubeconfig, further);
        }
    }

    private static void answersBesideItsOwnPort(K3sProcess server, Path kubeconfig, List<Integer> ports)
            throws Exception {
        for (int port : ports) {
            try (Api master = Api.of(kubeconfig, "https://127.0.0.1:" + port)) {
                server.await("an answer at " + port, LIMIT, () -> told(master, "/ping").equals("200 pong"));
                // post-start hooks go on while the components' ports already answer
                server.await("the API's health", LIMIT, () -> told(master, "/livez").equals("200 ok"));
            }
        }
    }
}
