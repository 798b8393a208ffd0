package io.k3j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs upstream's `e2e.test` outside of a cluster of a server and agents, each a machine, and writes down what it
/// says. It fails for a test that fails without a cause in `causes.tsv`, and for a cause whose test passes.
@NeedsMachine
class ConformanceItest {
    private static final String TOKEN = "conformance";
    private static final String ADDRESS = "10.10.10.50";
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final Duration SHORT = Duration.ofMinutes(5);
    /// Upstream's images are patched and packed once, gigabytes of them.
    private static final Duration IMAGES = Duration.ofMinutes(30);
    private static final Path PROGRAMS = Path.of(System.getProperty("k3j.conformance", ""));
    private static final Path OUT = Path.of("target", "conformance").toAbsolutePath();
    /// Where the kernel has none, each of its tests would wait for five minutes.
    private static final boolean SCTP = sctp();
    /// Names of groups and suites; empty: all.
    private static final List<String> WANTED = Stream.of(System.getProperty("k3j.conformance.groups", "").split(","))
            .filter(name -> !name.isEmpty()).toList();
    private static final String IMAGE = "registry.k8s.io/e2e-test-images/agnhost";

    @ParameterizedTest
    @MethodSource("wanted")
    @Timeout(value = 5, unit = TimeUnit.HOURS)
    void upstreamsTestsPass(Suite suite) throws Exception {
        assertThat(PROGRAMS.resolve("run")).as("upstream's programs; -Dk3j.conformance=DIRECTORY").isExecutable();
        Map<String, String> causes = causes();
        List<Result> results = new ArrayList<>();
        try (MachineNet net = MachineNet.on()) {
            Path kubeconfig = cluster(net, suite);
            results.addAll(together(kubeconfig,
                    suite.together().stream().filter(g -> suite.wants(g, WANTED)).toList()));
            if (suite.wants(suite.alone(), WANTED)) {
                results.addAll(run(kubeconfig, suite.alone()));
            }
        }
        if (suite.whole(WANTED)) {
            Files.writeString(Path.of("../../docs", suite.page()), ResultsPage.of(suite.cluster(), results, causes,
                    suite == Suite.CONFORMANCE || SCTP ? ""
                            : "Not run: the tests of SCTP, which this kernel does not have.\n"));
        }
        assertThat(results).isNotEmpty();
        assertThat(results.stream().filter(r -> r.state() == Result.State.FAILED)
                .filter(r -> causes.keySet().stream().noneMatch(r.name()::contains))).as("without a known cause")
                .isEmpty();
        assertThat(results.stream().filter(r -> r.state() == Result.State.PASSED)
                .filter(r -> causes.keySet().stream().anyMatch(r.name()::contains))).as("pass by now").isEmpty();
    }

    private static boolean sctp() {
        try {
            return Files.readString(Path.of("/proc/net/protocols")).lines().anyMatch(line -> line.startsWith("SCTP "));
        } catch (IOException noProc) {
            return false;
        }
    }

    static List<Suite> wanted() {
        return Stream.of(Suite.values()).filter(s -> s.all().stream().anyMatch(g -> s.wants(g, WANTED))).toList();
    }

    /// Makes a cluster that has upstream's images on each node.
    /// @return a kubeconfig for the world outside
    private static Path cluster(MachineNet net, Suite suite) throws IOException, InterruptedException {
        Launch.of(PROGRAMS.resolve("run").toString(), OUT.resolve("images").toString(), "images").text(IMAGES);
        Machine first = net.server(1);
        List<Machine> all = new ArrayList<>(List.of(first));
        for (int i = 1; i <= suite.agents(); i++) {
            all.add(net.agent(i));
        }
        for (Machine machine : all) {
            Outcome copied = machine.run(SHORT, "mkdir -p /var/lib/rancher/k3s/agent/images && cp "
                    + OUT.resolve("images/images.tar") + " /var/lib/rancher/k3s/agent/images/");
            assertThat(copied.code()).as(copied.text()).isZero();
        }
        Server server = Server.start(first, Stream.concat(Stream.of("--token", TOKEN), suite.flags().stream())
                .toArray(String[]::new)).ready();
        for (Machine machine : all.subList(1, all.size())) {
            AgentProcess.start(machine, "https://" + ADDRESS + ":6443", TOKEN,
                    suite.agentFlags().toArray(String[]::new)).said("node Ready");
        }
        for (Machine machine : all) {
            Waiting.until("upstream's images on " + machine, SHORT, () -> machine.run(SHORT, Server.command()
                    + " ctr images ls -q").text().contains(IMAGE), server::story);
        }
        return Files.writeString(OUT.resolve("kubeconfig"),
                Files.readString(first.dir().resolve("etc/rancher/k3s/k3s.yaml")).replace("127.0.0.1", ADDRESS));
    }

    private static List<Result> together(Path kubeconfig, List<Group> groups)
            throws InterruptedException, ExecutionException {
        List<Result> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Result>>> runs = groups.stream().map(g -> threads.submit(() -> run(kubeconfig, g)))
                    .toList();
            for (Future<List<Result>> run : runs) {
                all.addAll(run.get());
            }
        }
        return all;
    }

    private static List<Result> run(Path kubeconfig, Group group) throws IOException, InterruptedException {
        Path out = Files.createDirectories(OUT.resolve(group.name()));
        Launch.of(PROGRAMS.resolve("run").toString(), out.toString(), group.focus(),
                Stream.of(group.skip(), SCTP ? "" : "SCTP").filter(s -> !s.isEmpty()).collect(Collectors.joining("|")))
                .environment(Map.of("LIMIT", Long.toString(LIMIT.toSeconds()), "KUBECONFIG", kubeconfig.toString()))
                .run(LIMIT.plus(SHORT));
        return Report.of(out);
    }

    private static Map<String, String> causes() throws IOException {
        Map<String, String> causes = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("src/test/resources/io/k3j/conformance/causes.tsv"))) {
            String[] parts = line.split("\t", 2);
            if (parts.length == 2) {
                causes.put(parts[0], parts[1]);
            }
        }
        return causes;
    }
}
