package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A Deployment that is spread over nodes, seen through `kubectl` of a server.
final class Workload {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: %d
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 1
                  topologySpreadConstraints:
                  - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway,
                     labelSelector: {matchLabels: {app: web}}}
                  containers:
                  - name: web
                    image: k3j.io/busybox:1
                    command: [sh, -c, "echo serving; hostname > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
            """;
    private static final String PODS = "/api/v1/namespaces/default/pods?labelSelector=app%3Dweb&includeObject=None";
    private static final String ROWS = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String RUNNING = "\"Running\"";
    private final Host from;

    private Workload(Host from) {
        this.from = from;
    }

    /// One on every node, running.
    static Workload on(Host from, int replicas) throws IOException, InterruptedException {
        Path manifest = Files.writeString(from.machine().dir().resolve("web.yaml"), MANIFEST.formatted(replicas));
        from.must("k3s kubectl apply -f " + manifest);
        Workload workload = new Workload(from);
        Waiting.until("running pods", LIMIT, () -> workload.running() == replicas,
                () -> "see kubectl get pods");
        return workload;
    }

    /// How many there are in the column that kubectl prints. It is asked without a command, which would take its time
    /// from what is waited for.
    private int running() throws IOException, InterruptedException {
        try (Api api = from.machine().api()) {
            HttpResponse<String> rows = api.get(PODS, ROWS);
            return rows.statusCode() == HttpURLConnection.HTTP_OK ? rows.body().split(RUNNING, -1).length - 1 : 0;
        }
    }

    /// The lines of `kubectl get pods -o wide`.
    List<String> pods() throws IOException, InterruptedException {
        return from.must("k3s kubectl get pods -l app=web -o wide --no-headers").lines().toList();
    }

    /// Every pod comes to answer by name to logs and exec, whatever node it is on, and to reach all of them by the
    /// Service.
    void answers() throws IOException, InterruptedException {
        List<String> pods = pods().stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
        for (String pod : pods) {
            Waiting.until("answers of " + pod, LIMIT, () -> {
                answers(pod, pods);
                return true;
            }, this::story);
        }
    }

    private void answers(String pod, List<String> pods) throws IOException, InterruptedException {
        assertThat(from.must("k3s kubectl logs " + pod)).contains("serving");
        assertThat(from.must("k3s kubectl exec " + pod + " -- hostname")).contains(pod);
        String names = from.must("k3s kubectl exec " + pod + " -- sh -c 'for i in $(seq " + 12 * pods.size()
                + "); do wget -qO- http://web/; done'");
        assertThat(names.lines().distinct()).containsExactlyInAnyOrderElementsOf(pods);
    }

    private String story() {
        try {
            return from.run("k3s kubectl get pods -o wide; k3s kubectl get events").text() + from.story();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return from.story();
        }
    }
}
