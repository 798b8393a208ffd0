package io.k3j.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Some of upstream's tests, as they are, in each build that has them: of the API, none of which needs a pod that runs.
/// The names in `upstream-tests.txt` are of conformance tests; all of them are in `docs/conformance.md`, which is
/// written by whole runs.
@NeedsPackages("zstd")
@EnabledIf(value = "there", disabledReason = "no e2e.test: there is no ../shared/conformance/run")
class UpstreamTestsItest {
    private static final Path PROGRAM = Path.of(System.getProperty("k3j.conformance", "../../../shared/conformance"))
            .resolve("run").toAbsolutePath().normalize();
    private static final Path UNPACKED = Path.of("target", "upstream").toAbsolutePath();
    private static final Path NAMES = Path.of("src/test/resources/io/k3j/clients/upstream-tests.txt");
    private static final int LANES = 2;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String NODES = "/api/v1/nodes";
    /// As a kubelet's: some may be late before anybody takes the node for lost.
    private static final long HEARTBEAT_SECONDS = 10;
    /// The tests want a node that takes pods before they begin, whether they use it or not.
    private static final String NODE = """
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"upstream"}}""";
    private static final String ALIVE = """
            {"status":{"allocatable":{"cpu":"8","memory":"16Gi","pods":"110"},\
            "capacity":{"cpu":"8","memory":"16Gi","pods":"110"},\
            "conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"%s"}]}}""";

    @TempDir
    Path directory;

    static boolean there() {
        return Files.isExecutable(PROGRAM);
    }

    @Test
    void theApiIsAsUpstreamsTestsWantIt() throws Exception {
        List<String> names = Files.readAllLines(NAMES);
        assertThat(names).as("names of this release").allMatch(listed()::contains);
        try (K3sProcess server = K3sProcess.server(directory, "--disable-agent", "--bind-address", "127.0.0.1");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            withNode(server);
            CountDownLatch over = new CountDownLatch(1);
            try {
                threads.submit(() -> keepAlive(over));
                List<Future<String>> runs = new ArrayList<>();
                for (int lane = 0; lane < LANES; lane++) {
                    int first = lane;
                    runs.add(threads.submit(() -> run(first, IntStream.range(0, names.size())
                            .filter(i -> i % LANES == first).mapToObj(names::get).toList())));
                }
                for (Future<String> run : runs) {
                    assertThat(run.get()).as(server.tail()).isEmpty();
                }
            } finally {
                over.countDown();
            }
        }
    }

    /// Says that the node is alive, as its kubelet would, until the tests are over: no test gets to a node that is
    /// taken for lost.
    private boolean keepAlive(CountDownLatch over) throws IOException, InterruptedException {
        try (Api api = Api.of(kubeconfig())) {
            while (!over.await(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
                try {
                    alive(api);
                } catch (IOException late) {
                    System.out.println("a heartbeat of the node is not taken: " + late);
                }
            }
        }
        return true;
    }

    private static int alive(Api api) throws IOException, InterruptedException {
        return send(api, "PATCH", NODES + "/upstream/status", "application/merge-patch+json",
                ALIVE.formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    /// All names there are. Unpacks the program, before anything else wants the processors.
    private String listed() throws IOException, InterruptedException {
        return upstream(directory.resolve("list"), "list").run(LIMIT).text();
    }

    private Launch upstream(Path out, String what) {
        return Launch.of(PROGRAM.toString(), out.toString(), what).withoutK3sEnvironment()
                .environment(Map.of("KUBECONFIG", kubeconfig().toString(), "LIMIT", Long.toString(LIMIT.toSeconds()),
                        "K3J_CONFORMANCE", UNPACKED.toString(), "HOME", directory.toString()));
    }

    private Path kubeconfig() {
        return directory.resolve("k3s.yaml");
    }

    /// Waits for the API, then for the controllers, which take the taints of a new node away.
    private void withNode(K3sProcess server) throws IOException, InterruptedException {
        Waiting.until("the API", server, () -> {
            try (Api api = Api.of(kubeconfig())) {
                return api.get("/readyz", Api.JSON).statusCode() == 200;
            }
        });
        try (Api api = Api.of(kubeconfig())) {
            assertThat(send(api, "POST", NODES, Api.JSON, NODE)).isEqualTo(201);
            assertThat(alive(api)).isEqualTo(200);
            Waiting.until("a node without taints", server,
                    () -> !api.get(NODES + "/upstream", Api.JSON).body().contains("\"taints\""));
        }
    }

    private static int send(Api api, String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return api.send(method, path, type, body.getBytes(StandardCharsets.UTF_8)).statusCode();
    }

    /// Runs tests one after the other.
    /// @return what went wrong; empty when all of them passed
    private String run(int lane, List<String> names) throws IOException, InterruptedException {
        Path out = directory.resolve("lane-" + lane);
        // what may mean something in a regular expression stands for any one character
        String focus = names.stream().map(name -> name.replaceAll("[^A-Za-z0-9 ]", "."))
                .collect(Collectors.joining("|"));
        Outcome outcome = upstream(out, focus).run(LIMIT.plusMinutes(1));
        if (outcome.code() == 0 && outcome.text().contains("Ran " + names.size() + " of ")) {
            return "";
        }
        return outcome.text() + "\n" + names.size() + " were to run\n" + told(out.resolve("log"));
    }

    private static String told(Path log) throws IOException {
        return Files.notExists(log) ? "" : Files.readAllLines(log).stream()
                .filter(line -> line.contains("[FAIL]") || line.contains("[FAILED]")).limit(60)
                .collect(Collectors.joining("\n"));
    }
}
