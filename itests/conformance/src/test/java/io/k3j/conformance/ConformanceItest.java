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
import org.junit.jupiter.api.Test;

/// Runs upstream's `e2e.test` outside of a cluster of a server and two agents, each a machine, and writes down what it
/// says. It fails for a test that fails without a cause in `causes.tsv`, and for a cause whose test passes.
@NeedsMachine
class ConformanceItest {
    private static final String TOKEN = "conformance";
    private static final String ADDRESS = "10.10.10.50";
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final Duration SHORT = Duration.ofMinutes(5);
    private static final Path PROGRAMS = Path.of(System.getProperty("k3j.conformance", ""));
    private static final Path OUT = Path.of("target", "conformance").toAbsolutePath();
    /// Where the kernel has none, each of its tests would wait for five minutes.
    private static final boolean SCTP = sctp();
    private static final String IMAGE = "registry.k8s.io/e2e-test-images/agnhost";

    @Test
    void upstreamsTestsOfTheNetwork() throws Exception {
        assertThat(PROGRAMS.resolve("run")).as("upstream's programs; -Dk3j.conformance=DIRECTORY").isExecutable();
        Map<String, String> causes = causes();
        List<Result> results = new ArrayList<>();
        try (MachineNet net = MachineNet.on()) {
            Path kubeconfig = cluster(net);
            List<Group> wanted = wanted();
            results.addAll(together(kubeconfig, wanted.stream().filter(g -> !g.equals(Group.ALONE)).toList()));
            if (wanted.contains(Group.ALONE)) {
                results.addAll(run(kubeconfig, Group.ALONE));
            }
        }
        if (System.getProperty("k3j.conformance.groups", "").isEmpty()) {
            Files.writeString(Path.of("../../docs/conformance.md"), ResultsPage.of(results, causes,
                    SCTP ? "" : "Not run: the tests of SCTP, which this kernel does not have.\n"));
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

    private static List<Group> wanted() {
        List<Group> all = new ArrayList<>(Group.TOGETHER);
        all.add(Group.ALONE);
        String names = System.getProperty("k3j.conformance.groups", "");
        return names.isEmpty() ? all : all.stream().filter(g -> List.of(names.split(",")).contains(g.name())).toList();
    }

    /// Makes a cluster that has upstream's images on each node.
    /// @return a kubeconfig for the world outside
    private static Path cluster(MachineNet net) throws IOException, InterruptedException {
        Launch.of(PROGRAMS.resolve("run").toString(), OUT.resolve("images").toString(), "images").text(SHORT);
        Machine first = net.server(1);
        List<Machine> all = List.of(first, net.agent(1), net.agent(2));
        for (Machine machine : all) {
            Outcome copied = machine.run(SHORT, "mkdir -p /var/lib/rancher/k3s/agent/images && cp "
                    + OUT.resolve("images/images.tar") + " /var/lib/rancher/k3s/agent/images/");
            assertThat(copied.code()).as(copied.text()).isZero();
        }
        // upstream's tests want port 80
        Server server = Server.start(first, "--token", TOKEN, "--disable=traefik").ready();
        for (Machine machine : all.subList(1, all.size())) {
            AgentProcess.start(machine, "https://" + ADDRESS + ":6443", TOKEN).said("node Ready");
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
                group.skip() + (SCTP ? "" : "|SCTP"))
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
