package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `metrics.k8s.io` of a server with nothing but defaults, through real kubectls; the commands are those of
/// `docs/metrics-server.md`.
@NeedsMachine
class MetricsServerItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration COMMAND = Duration.ofSeconds(120);
    private static final Path PAGE = Path.of("../../docs/metrics-server.md");
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"busy","labels":{"app":"busy"}},"spec":{"containers":[\
            {"name":"a","image":"k3j.io/busybox:1","command":["sh","-c","while true; do :; done"],\
            "resources":{"limits":{"cpu":"200m"}}}]}}""";
    private static Machine machine;
    private static Server server;
    private static List<Kubectl> kubectls;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        kubectls = Kubectl.found();
        machine = Machine.on();
        server = Server.start(machine).ready();
        Files.writeString(machine.dir().resolve("pod.json"), POD);
        assertThat(server.k3s("kubectl apply -f " + machine.dir().resolve("pod.json")).code()).isZero();
        for (String figures : List.of("nodes/" + machine.name(), "namespaces/default/pods/busy")) {
            Waiting.until(figures, LIMIT, () -> raw(figures).code() == 0, server::story);
        }
    }

    @AfterAll
    static void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    private static Outcome raw(String path) throws IOException, InterruptedException {
        return server.k3s("kubectl get --raw '/apis/metrics.k8s.io/v1beta1/" + path + "'");
    }

    private static Outcome run(Kubectl kubectl, String words) throws IOException, InterruptedException {
        // discovery that another test has left may know none of these kinds
        return machine.run(COMMAND, "KUBECONFIG=" + Server.KUBECONFIG + " KUBECACHEDIR="
                + machine.dir().resolve("kubectl") + " " + kubectl.path() + " " + words);
    }

    /// Waits, since what was not measured lately is not shown.
    private static void shows(Kubectl kubectl, String words, String pattern) throws IOException, InterruptedException {
        Waiting.until(words + " of " + kubectl.version(), LIMIT, () -> {
            assertThat(run(kubectl, words).text()).containsPattern(pattern);
            return true;
        }, server::story);
    }

    @Test
    void eachKubectlShowsWhatNodesAndPodsUse() throws IOException, InterruptedException {
        assertThat(kubectls).isNotEmpty();
        for (Kubectl kubectl : kubectls) {
            shows(kubectl, "top nodes", "CPU\\(cores\\)(?s).*" + machine.name() + " +\\d+m +\\d+% +\\d+Mi +\\d+%");
            shows(kubectl, "top nodes --use-protocol-buffers=false", machine.name());
            shows(kubectl, "top pods -A --sort-by=cpu", "default +busy +\\d+m +\\d+Mi");
            shows(kubectl, "top pods -l app=busy --containers", "busy +a +\\d+m");
            assertThat(run(kubectl, "top pods -l app=idle").text()).contains("No resources found");
        }
    }

    @Test
    void countsWhatABusyContainerUses() throws IOException, InterruptedException {
        // no more than its limit of a fifth, and less where others want the cores too
        Waiting.until("what a container uses", LIMIT, () -> {
            String text = raw("namespaces/default/pods/busy").text();
            int at = text.indexOf("\"cpu\":\"") + 7;
            String cpu = text.substring(at, text.indexOf('"', at));
            long nanos = cpu.endsWith("n") ? Long.parseLong(cpu.substring(0, cpu.length() - 1))
                    : cpu.endsWith("u") ? 1_000 * Long.parseLong(cpu.substring(0, cpu.length() - 1)) : 0;
            return nanos > 10_000_000 && nanos < 300_000_000;
        }, server::story);
    }

    @Test
    void theCommandsOfThePageSucceed() throws IOException, InterruptedException {
        Kubectl newest = kubectls.getLast();
        String block = Files.readString(PAGE).split("```")[1];
        List<String> commands = block.lines().filter(line -> line.startsWith("kubectl ")).toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            Waiting.until(command, LIMIT, () -> {
                Outcome outcome = run(newest, command.substring("kubectl ".length()));
                assertThat(outcome.code()).as(outcome.text()).isZero();
                return true;
            }, server::story);
        }
    }

    @Test
    void refusesFieldsThatCannotBeSelectedBy() throws IOException, InterruptedException {
        assertThat(raw("pods?fieldSelector=spec.nodeName%3Dx").text()).contains("field label not supported");
        assertThat(raw("nodes?fieldSelector=metadata.name%3Dnone").text()).contains("\"items\":[]");
    }

    @Test
    void aRoleForViewingReadsItAndNothingIsWritten() throws IOException, InterruptedException {
        assertThat(server.k3s("kubectl get --raw /apis/metrics.k8s.io/v1beta1").text()).contains("PodMetrics",
                "\"verbs\":[\"get\",\"list\"]");
        assertThat(run(kubectls.getLast(), "auth can-i list pods.metrics.k8s.io --as=system:serviceaccount:kube-system:"
                + "metrics-server").text()).startsWith("no");
        assertThat(run(kubectls.getLast(), "delete pods.metrics.k8s.io busy").code()).isNotZero();
    }
}
