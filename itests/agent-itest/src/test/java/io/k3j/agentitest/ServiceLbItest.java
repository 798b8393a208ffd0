package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// LoadBalancer Services of a server and an agent, each a machine; the test is the world outside, `10.10.10.1`. The
/// tests are one story; `docs/servicelb.md`.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages({"curl", "socat"})
class ServiceLbItest {
    private static final String TOKEN = "servicelb";
    private static final String URL = "https://10.10.10.50:6443";
    private static final String SERVER = "10.10.10.50";
    private static final String AGENT = "10.10.10.101";
    private static final String EXTERNAL = "198.51.100.7";
    private static final String SECOND = "10.10.10.77";
    private static final String OUTSIDE = "10.10.10.1";
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/servicelb.md");
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              nodeName: agent-1
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: k3j.io/busybox:1
                command: [sh, -c, 'mkdir /w; echo hello > /w/index.html; exec httpd -f -vv -p 8080 -h /w']
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
        server = Server.start(serverMachine, "--token", TOKEN, "--disable=traefik").ready();
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("node Ready");
        apply(POD);
        apply(service("web", "Local", 80));
        await("get pod web --no-headers", "Running");
    }

    @AfterAll
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    private static String service(String name, String policy, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: %s
                  selector: {app: web}
                  ports: [{port: %d, targetPort: 8080}]
                """.formatted(name, policy, port);
    }

    private Outcome kubectl(String words) throws IOException, InterruptedException {
        return server.k3s("kubectl " + words);
    }

    private void apply(String yaml) throws IOException, InterruptedException {
        Path file = Files.writeString(serverMachine.dir().resolve("object.yaml"), yaml);
        Outcome outcome = kubectl("apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private void await(String words, String text) throws IOException, InterruptedException {
        Waiting.until("\"" + text + "\" from kubectl " + words, LIMIT, () -> kubectl(words).text().contains(text),
                () -> "agent:\n" + agent.tail() + "\nserver:\n" + server.story());
    }

    private void awaitAddresses(String service, String... addresses) throws IOException, InterruptedException {
        String words = "get service " + service + " -o 'jsonpath=[{.status.loadBalancer.ingress[*].ip}]'";
        await(words, "[" + String.join(" ", addresses) + "]");
    }

    private static boolean answers(String address, int port) throws IOException, InterruptedException {
        return Launch.of("curl", "-sf", "--max-time", "10", "http://" + address + ":" + port + "/").run(LIMIT).text()
                .contains("hello");
    }

    private void awaitAnswer(String address, int port) throws IOException, InterruptedException {
        Waiting.until("answer from " + address, LIMIT, () -> answers(address, port), server::story);
    }

    @Test
    @Order(1)
    void withALocalPolicyItAnswersWhereThePodIsAndThePodSeesTheClient() throws IOException, InterruptedException {
        awaitAddresses("web", AGENT);
        awaitAnswer(AGENT, 80);
        await("logs web", OUTSIDE + "]:");
        assertThat(kubectl("get service web -o yaml").text()).contains("ipMode: VIP",
                "service.kubernetes.io/load-balancer-cleanup");
    }

    @Test
    @Order(2)
    void withAClusterPolicyItAnswersAtEachNode() throws IOException, InterruptedException {
        apply(service("web", "Cluster", 80));
        awaitAddresses("web", AGENT, SERVER);
        awaitAnswer(AGENT, 80);
        awaitAnswer(SERVER, 80);
    }

    @Test
    @Order(3)
    void theSecondServiceThatWantsThePortIsPendingAndToldWhoHasIt() throws IOException, InterruptedException {
        apply(service("second", "Cluster", 80));
        await("get events", "belongs to Service default/web");
        assertThat(kubectl("get service second --no-headers").text()).contains("<pending>");
        awaitAnswer(SERVER, 80);
        assertThat(kubectl("delete service second").code()).isZero();
    }

    @Test
    @Order(3)
    void aPortThatAProcessListensOnIsLeftToIt() throws IOException, InterruptedException {
        serverMachine.run(LIMIT, "socat TCP-LISTEN:9090,fork,reuseaddr EXEC:'echo mine' > /dev/null 2>&1 & "
                + "until ss -ltn | grep -q :9090; do sleep 0.05; done");
        apply(service("metrics", "Cluster", 9090));
        awaitAddresses("metrics", AGENT);
        await("get events", "port tcp/9090 of node server-1 is in use by the process socat");
        assertThat(Launch.of("socat", "-", "TCP:" + SERVER + ":9090").run(LIMIT).text()).contains("mine");
    }

    @Test
    @Order(3)
    void portsOfK3sAreNeverTaken() throws IOException, InterruptedException {
        apply(service("api", "Cluster", 6443));
        await("get events", "port tcp/6443 of node agent-1 is K3s' own");
        assertThat(kubectl("get service api --no-headers").text()).contains("<pending>");
    }

    @Test
    @Order(3)
    void datagramsAreCarriedAtEachNode() throws IOException, InterruptedException {
        try (DatagramSocket echo = new DatagramSocket(0, InetAddress.ofLiteral(OUTSIDE))) {
            Thread.startVirtualThread(() -> sendBack(echo));
            apply(outside("echo", "UDP", 5300, echo.getLocalPort()));
            awaitAddresses("echo", AGENT, SERVER);
            for (String node : List.of(AGENT, SERVER)) {
                Waiting.until("datagram from " + node, LIMIT, () -> Launch.of("bash", "-c",
                        "echo there and back | socat -t 2 - UDP:" + node + ":5300").run(LIMIT).text()
                        .contains("there and back"), server::story);
            }
            // the same number of another protocol is another port
            apply(service("stream", "Cluster", 5300));
            awaitAddresses("stream", AGENT, SERVER);
            awaitAnswer(SERVER, 5300);
        }
    }

    private static void sendBack(DatagramSocket echo) {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        try {
            while (true) {
                packet.setLength(100);
                echo.receive(packet);
                echo.send(packet);
            }
        } catch (IOException closed) {
            assertThat(echo.isClosed()).isTrue();
        }
    }

    /// A Service whose endpoint is a port of the test itself.
    private static String outside(String name, String protocol, int port, int target) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %1$s}
                spec: {type: LoadBalancer, ports: [{name: main, protocol: %2$s, port: %3$d}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                endpoints: [{addresses: [%5$s], conditions: {ready: true}}]
                ports: [{name: main, protocol: %2$s, port: %4$d}]
                """.formatted(name, protocol, port, target, OUTSIDE);
    }

    /// No traffic: kernels of build machines have no SCTP.
    @Test
    @Order(3)
    void sctpHasAddressesAndRules() throws IOException, InterruptedException {
        apply(outside("signals", "SCTP", 3868, 3868));
        awaitAddresses("signals", AGENT, SERVER);
        Waiting.until("rules for SCTP", LIMIT, () -> serverMachine.run(LIMIT, "nft list ruleset").text().lines()
                .anyMatch(l -> (l.contains("sctp") || l.contains(" 132 ")) && l.contains("3868")), server::story);
    }

    @Test
    @Order(4)
    void staysWhileTheBundleIsStoppedAndSwapped() throws IOException, InterruptedException {
        assertThat(server.console("stop", "servicelb").code()).isZero();
        awaitAnswer(SERVER, 80);
        assertThat(server.console("start", "servicelb").code()).isZero();
        awaitAddresses("web", AGENT, SERVER);
        awaitAnswer(SERVER, 80);
    }

    @Test
    @Order(5)
    void aNodeThatIsExcludedLeavesTheStatus() throws IOException, InterruptedException {
        String label = "label node agent-1 node.kubernetes.io/exclude-from-external-load-balancers";
        assertThat(kubectl(label + "=").code()).isZero();
        awaitAddresses("web", SERVER);
        assertThat(kubectl(label + "-").code()).isZero();
        awaitAddresses("web", AGENT, SERVER);
    }

    @Test
    @Order(6)
    void aNodeThatIsLostLeavesTheStatusAndComesBack() throws IOException, InterruptedException {
        agent.signal("KILL");
        agent.ended();
        // the control plane gives a node fifty seconds
        String words = "get service web -o 'jsonpath=[{.status.loadBalancer.ingress[*].ip}]'";
        Waiting.until("the lost node to leave the status", LIMIT,
                () -> kubectl(words).text().contains("[" + SERVER + "]"), server::story);
        agent = AgentProcess.start(agentMachine, URL, TOKEN);
        agent.said("node Ready");
        awaitAddresses("web", AGENT, SERVER);
        awaitAnswer(AGENT, 80);
    }

    @Test
    @Order(6)
    void thePagesCommandsWork() throws IOException, InterruptedException {
        List<String> commands = Files.readString(PAGE).split("```")[1].lines().filter(l -> l.startsWith("kubectl "))
                .toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            Outcome outcome = server.k3s(command.replaceAll("(jsonpath=\\S+)", "'$1'"));
            assertThat(outcome.code()).as(command + "\n" + outcome.text()).isZero();
        }
    }

    /// The external address is a router's, which translates it to the node's.
    @Test
    @Order(7)
    void withAnExternalAddressItAnswersAtTheNodesOwnToo() throws IOException, InterruptedException {
        server.signal("TERM");
        server.ended(LIMIT);
        server = Server.start(serverMachine, "--token", TOKEN, "--disable=traefik",
                "--node-external-ip=" + EXTERNAL).ready();
        awaitAddresses("web", EXTERNAL);
        awaitAnswer(SERVER, 80);
        assertThat(serverMachine.run(LIMIT, "ip address add " + SECOND + "/24 dev eth1").code()).isZero();
        awaitAnswer(SECOND, 80);
    }

    @Test
    @Order(8)
    void disablingItTakesEverythingAway() throws IOException, InterruptedException {
        server.signal("TERM");
        server.ended(LIMIT);
        server = Server.start(serverMachine, "--token", TOKEN, "--disable=servicelb,traefik").ready();
        awaitAddresses("web", "");
        Waiting.until("its finalizer to go", LIMIT, () -> {
            assertThat(kubectl("get service web -o yaml").text()).contains("name: web")
                    .doesNotContain("load-balancer-cleanup");
            return true;
        }, server::story);
        Waiting.until("annotations to go", LIMIT,
                () -> !kubectl("get nodes -o yaml").text().contains("svccontroller.k3s.cattle.io/ports"),
                server::story);
    }
}
