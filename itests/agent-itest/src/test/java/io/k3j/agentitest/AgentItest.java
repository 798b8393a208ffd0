package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// One server and one agent, each a machine. The tests are one story: each goes on where the one before ended.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages("openssl")
class AgentItest {
    private static final String TOKEN = "agent-itest";
    private static final String URL = "https://10.10.10.50:6443";
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration FORWARD = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: ticker}
            spec:
              nodeName: agent-1
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: k3j.io/busybox:1
                command: [sh, -c, 'mkdir -p /w; echo hello-from-agent > /w/index.html; httpd -p 8080 -h /w; i=0;
                  while true; do i=$((i+1)); echo tick $i; sleep 1; done']
            """;
    private MachineNet net;
    private Machine serverMachine;
    private Machine agentMachine;
    private Server server;
    private AgentProcess agent;

    @BeforeAll
    void switchOn() throws IOException, InterruptedException {
        net = MachineNet.on();
        serverMachine = net.server(1);
        agentMachine = net.agent(1);
        server = Server.start(serverMachine, "--token", TOKEN).ready();
    }

    @AfterAll
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    private Outcome kubectl(String words) throws IOException, InterruptedException {
        return server.k3s("kubectl " + words);
    }

    /// The answer that has the text: what was measured lately only may not be in the next one.
    private String await(String words, String text) throws IOException, InterruptedException {
        AtomicReference<String> answer = new AtomicReference<>("");
        Waiting.until("\"" + text + "\" from kubectl " + words, LIMIT, () -> {
            answer.set(kubectl(words).text());
            return answer.get().contains(text);
        }, () -> "agent:\n" + agent.tail() + "\nserver:\n" + server.tail());
        return answer.get();
    }

    @Test
    @Order(1)
    void becomesReadyWithoutARole() throws IOException, InterruptedException {
        long start = System.nanoTime();
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("node Ready");
        System.out.println("agent: start to Ready " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
        await("get node agent-1 --no-headers", " Ready ");
        assertThat(kubectl("get node agent-1 --no-headers").text()).contains("<none>").doesNotContain("control-plane");
        assertThat(kubectl("get node agent-1 -o jsonpath={.status.addresses}").text()).contains("10.10.10.101");
    }

    @Test
    @Order(2)
    void runsAPodThatIsReachedThroughTheTunnelOnly() throws IOException, InterruptedException {
        // whoever is not the tunnel finds the kubelet's port shut
        agentMachine.run(LIMIT, "nft add table inet shut; nft add chain inet shut in "
                + "'{ type filter hook input priority 0; }'; nft add rule inet shut in iifname eth1 tcp dport 10250 drop");
        Files.writeString(serverMachine.dir().resolve("pod.yaml"), POD);
        assertThat(kubectl("apply -f " + serverMachine.dir().resolve("pod.yaml")).code()).isZero();
        await("get pod ticker --no-headers", "Running");
        await("logs ticker", "tick 1");
        assertThat(kubectl("exec ticker -- cat /w/index.html").text()).contains("hello-from-agent");
        Outcome forwarded = serverMachine.run(FORWARD, "export KUBECONFIG=" + Server.KUBECONFIG + "; "
                + Server.command() + " kubectl port-forward pod/ticker 18080:8080 > /tmp/forward.txt 2>&1 & p=$!; "
                + "for i in $(seq 600); do curl -sf http://127.0.0.1:18080/ && break; sleep 0.2; done; kill $p");
        assertThat(forwarded.text()).contains("hello-from-agent");
        // that port of a pod is not the kubelet's behind the tunnel
        assertThat(kubectl("get --raw /api/v1/namespaces/default/pods/https:ticker:10250/proxy/healthz").text())
                .contains("error trying to reach service").doesNotContain("Unauthorized");
    }

    @Test
    @Order(2)
    void tellsOfItsLoadBalancerInTheKubeletsMetrics() throws IOException, InterruptedException {
        String server = "{name=\"k3s-agent-load-balancer\",server=\"10.10.10.50:6443\"} ";
        assertThat(await("get --raw /api/v1/nodes/agent-1/proxy/metrics",
                "k3s_loadbalancer_server_health" + server + "7")).contains("kubelet_running_pods",
                        "k3s_loadbalancer_server_connections" + server,
                        "k3s_loadbalancer_dial_duration_seconds_count{name=\"k3s-agent-load-balancer\",status=\"success\"}");
    }

    @Test
    @Order(2)
    void tellsWhatItsContainersUseFamilyByFamily() throws IOException, InterruptedException {
        List<String> names = await("get --raw /api/v1/nodes/agent-1/proxy/metrics/resource",
                "container_memory_working_set_bytes{container=").lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank()).map(line -> line.split("[{ ]")[0]).toList();
        List<String> families = new ArrayList<>(new LinkedHashSet<>(names));
        assertThat(families).containsExactly("container_cpu_usage_seconds_total", "container_memory_working_set_bytes",
                "container_start_time_seconds", "node_cpu_usage_seconds_total", "node_memory_working_set_bytes",
                "pod_cpu_usage_seconds_total", "pod_memory_working_set_bytes", "resource_scrape_error",
                "scrape_error");
        assertThat(names).isSortedAccordingTo(Comparator.comparing(families::indexOf));
    }

    @Test
    @Order(3)
    void tellsOfItsControlGroupsAsCadvisorDoes() throws IOException, InterruptedException {
        String page = "get --raw /api/v1/nodes/agent-1/proxy/metrics/cadvisor";
        String text = await(page, "container_cpu_usage_seconds_total{container=\"main\",cpu=\"total\"");
        assertThat(text.lines().filter(line -> line.contains("pod=\"ticker\"")
                && line.startsWith("container_memory_working_set_bytes{container=\"main\"")).toList()).singleElement()
                .asString().contains("image=\"k3j.io/busybox:1\"").doesNotContain("} 0 ");
        // some kernels give each network further links, such as tunl0
        assertThat(text.lines().filter(line -> line.contains("pod=\"ticker\"")
                && line.startsWith("container_network_receive_bytes_total{container=\"\"")
                && line.contains("interface=\"eth0\"")).toList()).hasSize(1);
        assertThat(text).contains("machine_memory_bytes{", "container_scrape_error 0",
                "container_processes{container=\"\",id=\"/\"");
    }

    @Test
    @Order(3)
    void resolvesNamesInThePod() throws IOException, InterruptedException {
        await("get endpointslices -n kube-system", "kube-dns-agent-1");
        await("exec ticker -- nslookup kubernetes.default.svc.cluster.local", "10.43.0.1");
    }

    @Test
    @Order(4)
    void staysSmall() throws InterruptedException, IOException {
        long end = System.nanoTime() + IDLE.toNanos();
        long least = Long.MAX_VALUE;
        while (System.nanoTime() < end) {
            least = Math.min(least, agent.residentMebibytes());
            Waiting.pause();
        }
        System.out.println("agent: resident MiB " + least);
        assertThat(least).as("150 is promised; the moment of a collection and the kernel's pages make some difference")
                .isLessThanOrEqualTo(Boolean.getBoolean("k3j.full") ? 150 : 200);
    }

    @Test
    @Order(5)
    void goesOnWhenTheServerIsRestarted() throws IOException, InterruptedException {
        server.signal("TERM");
        assertThat(server.ended(LIMIT)).isZero();
        server = Server.start(serverMachine, "--token", TOKEN).served();
        server.await("answering server", "kubectl get nodes --no-headers", "agent-1");
        reached();
    }

    @Test
    @Order(6)
    void podsRunOnWhileTheServerIsDead() throws IOException, InterruptedException {
        int before = ticks();
        server.signal("KILL");
        server.ended(LIMIT);
        Waiting.until("ticking pod", LIMIT, () -> ticks() > before + 3, agent::tail);
        server = Server.start(serverMachine, "--token", TOKEN).served();
        server.await("answering server", "kubectl get nodes --no-headers", "agent-1");
        reached();
    }

    @Test
    @Order(7)
    void adoptsItsPodsWhenItIsRestarted() throws IOException, InterruptedException {
        String container = kubectl("get pod ticker -o jsonpath={.status.containerStatuses[0].containerID}").text();
        agent.signal("KILL");
        agent.ended();
        agent = AgentProcess.start(agentMachine, URL, TOKEN, "--lb-server-port=7444");
        agent.said("node Ready");
        reached();
        assertThat(kubectl("get pod ticker -o jsonpath={.status.containerStatuses[0].containerID}").text())
                .isEqualTo(container);
        assertThat(listening()).contains("127.0.0.1:7444").doesNotContain("127.0.0.1:6444", "127.0.0.1:7443");
    }

    private String listening() throws IOException, InterruptedException {
        return agentMachine.run(LIMIT, "ss -ltn").text().replace("[::ffff:127.0.0.1]", "127.0.0.1");
    }

    @Test
    @Order(8)
    void startsWithoutItsServerFromWhatItKnows() throws IOException, InterruptedException {
        server.signal("KILL");
        server.ended(LIMIT);
        agent.signal("KILL");
        agent.ended();
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("joined the cluster");
        assertThat(listening()).contains("127.0.0.1:6444").doesNotContain("127.0.0.1:7444");
        int before = ticks();
        Waiting.until("ticking pod", LIMIT, () -> ticks() > before + 1, agent::tail);
        server = Server.start(serverMachine, "--token", TOKEN).served();
        server.await("answering server", "kubectl get nodes --no-headers", "agent-1");
        agent.said("node Ready");
        reached();
    }

    @Test
    @Order(9)
    void refusesWhatCannotJoinAndLeavesNothingBehind() throws IOException, InterruptedException {
        Machine other = net.agent(2);
        AgentProcess wrong = AgentProcess.start(other, URL, "wrong");
        assertThat(wrong.ended()).isEqualTo(1);
        assertThat(wrong.text()).contains("does not accept this token");
        AgentProcess elsewhere = AgentProcess.start(other, URL, "K10" + "0".repeat(64) + "::server:" + TOKEN);
        assertThat(elsewhere.ended()).isEqualTo(1);
        assertThat(elsewhere.text()).contains("token CA hash does not match the Cluster CA certificate hash");
        AgentProcess same = AgentProcess.start(other, URL, TOKEN, "--node-name", "agent-1");
        assertThat(same.ended()).isEqualTo(1);
        assertThat(same.text()).contains("Node password rejected, duplicate hostname");
        assertThat(kubectl("get nodes --no-headers").text()).doesNotContain("agent-2");
    }

    @Test
    @Order(10)
    void waitsWithoutItsPasswordUntilItsNameIsFree() throws IOException, InterruptedException {
        agent.signal("KILL");
        agent.ended();
        agentMachine.run(LIMIT, "rm /etc/rancher/node/password");
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("Waiting to retrieve agent configuration; server is not ready: Node password rejected");
        assertThat(agent.text()).doesNotContain("joined the cluster");
        kubectl("delete secret agent-1.node-password.k3s --namespace kube-system");
        agent.said("joined the cluster");
        agent.said("node Ready");
        reached();
    }

    @Test
    @Order(11)
    void comesBackWhenEveryCertificateHasRunOutWhileAllWasOff() throws IOException, InterruptedException {
        agent.signal("TERM");
        agent.ended();
        server.signal("TERM");
        assertThat(server.ended(LIMIT)).isZero();
        Expiry expiry = new Expiry(serverMachine.dir().resolve("rancher/k3s/server/tls"));
        List<Path> leaves = new ArrayList<>(expiry.expire(serverMachine.dir().resolve("rancher/k3s")));
        leaves.addAll(expiry.expire(agentMachine.dir().resolve("rancher/k3s/agent")));
        assertThat(leaves.stream().map(leaf -> leaf.getFileName().toString())).contains("client-admin.crt",
                "client-kube-apiserver.crt", "dynamic-cert.json", "serving-kubelet.crt", "client-kubelet.crt");
        assertThat(leaves).noneMatch(expiry::valid);
        // the agent waits for the server, whose certificates it cannot be shown yet
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("cannot be reached");
        long start = System.nanoTime();
        server = Server.start(serverMachine, "--token", TOKEN).ready();
        agent.said("node Ready");
        System.out.println("all certificates were out of date: start of the server to Ready agent "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms");
        reached();
        // of those that nobody waits for some come later
        Waiting.until("new certificates", LIMIT, () -> leaves.stream().allMatch(expiry::valid),
                () -> leaves.stream().filter(leaf -> !expiry.valid(leaf)).toList() + "\n" + server.story());
    }

    /// The node is Ready, its pod has never been restarted, and its kubelet is reached.
    private void reached() throws IOException, InterruptedException {
        await("get node agent-1 --no-headers", " Ready ");
        await("logs ticker --tail=1", "tick");
        assertThat(kubectl("get pod ticker -o jsonpath={.status.containerStatuses[0].restartCount}").text().strip())
                .isEqualTo("0");
    }

    /// How often the pod has ticked, by its log on the agent's disk.
    private int ticks() throws IOException, InterruptedException {
        return Integer.parseInt(agentMachine.run(LIMIT, "cat /var/log/pods/default_ticker_*/main/*.log | grep -c tick")
                .text().strip());
    }
}
