package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A server and an agent, each a machine, with a pod on each that answers with its name at port 8080: `one` on the
/// server, `two` on the agent. The test is the world outside.
final class TwoNodes implements AutoCloseable {
    static final Path PAGE = Path.of("../../docs/networking.md");
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String TOKEN = "two-nodes";
    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"web","pod":"%1$s"}},\
            "spec":{"nodeName":"%s","terminationGracePeriodSeconds":0,"containers":[{"name":"a",\
            "image":"k3j.io/busybox:1","command":["sh","-c",\
            "mkdir /w; hostname > /w/index.html; exec httpd -f -p 8080 -h /w"]}]}}""";
    private final MachineNet net;
    final Machine serverMachine;
    final Machine agentMachine;
    private Server server;
    private AgentProcess agent;

    private TwoNodes(MachineNet net) throws IOException, InterruptedException {
        this.net = net;
        serverMachine = net.server(1);
        agentMachine = net.agent(1);
    }

    /// Machines that speak IPv4 and IPv6.
    static TwoNodes dualStack() throws IOException, InterruptedException {
        TwoNodes all = new TwoNodes(MachineNet.on());
        all.net.dualStack();
        return all;
    }

    /// Machines that speak IPv6 alone.
    static TwoNodes ipv6Only() throws IOException, InterruptedException {
        TwoNodes all = new TwoNodes(MachineNet.on());
        all.net.ipv6Only();
        return all;
    }

    /// Starts both.
    /// @param url what the agent is told
    void start(String url, List<String> flags) throws IOException, InterruptedException {
        String[] all = flags.toArray(String[]::new);
        server = Server.start(serverMachine, all);
        server.await("node of the server", "kubectl get nodes --no-headers", "server-1");
        startAgent(url);
    }

    /// Starts the agent, also again.
    AgentProcess startAgent(String url, String... flags) throws IOException {
        agent = AgentProcess.start(agentMachine, url, TOKEN, flags);
        return agent;
    }

    /// Both pods run.
    void pods() throws IOException, InterruptedException {
        // by kubectl, since machines without IPv4 are not asked from outside
        server.await("ready node", "kubectl get nodes --no-headers", " Ready ");
        server.await("default service account", "kubectl get sa default --no-headers", "default");
        agent.said("node Ready");
        apply(POD.formatted("one", "server-1"));
        apply(POD.formatted("two", "agent-1"));
        await("get pod one --no-headers", "Running");
        await("get pod two --no-headers", "Running");
    }

    static String token() {
        return "--token=" + TOKEN;
    }

    /// The words behind `begin` of the page's line that begins so.
    static List<String> flags(String begin) throws IOException {
        String line = Files.readString(PAGE).lines().filter(l -> l.startsWith(begin)).findFirst().orElseThrow();
        return List.of(line.substring(begin.length()).strip().split(" "));
    }

    AgentProcess agent() {
        return agent;
    }

    Outcome kubectl(String words) throws IOException, InterruptedException {
        return server.k3s("kubectl " + words);
    }

    void apply(String json) throws IOException, InterruptedException {
        Path file = Files.writeString(serverMachine.dir().resolve("object.json"), json);
        Outcome outcome = kubectl("apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    /// Waits until kubectl says so.
    void await(String words, String text) throws IOException, InterruptedException {
        until("\"" + text + "\" from kubectl " + words, () -> kubectl(words).text().contains(text));
    }

    /// Waits, and tells of both when that is in vain.
    void until(String what, Waiting.Condition condition) throws IOException, InterruptedException {
        Waiting.until(what, LIMIT, condition, () -> "agent:\n" + agent.tail() + "\nserver:\n" + server.story());
    }

    /// A field of an object, e.g. `pod one` and `.status.podIPs[*].ip`, by its words.
    List<String> field(String object, String path) throws IOException, InterruptedException {
        return List.of(kubectl("get " + object + " -o 'jsonpath={" + path + "}'").text().strip().split(" "));
    }

    /// What a command in a pod prints.
    String in(String pod, String command) throws IOException, InterruptedException {
        return kubectl("exec " + pod + " -- " + command).text();
    }

    /// Whether a pod gets an answer from an address of a pod or a Service.
    boolean reaches(String pod, String address, int port) throws IOException, InterruptedException {
        return answered(in(pod, "timeout 2 wget -q -O - http://" + host(address) + ":" + port + "/"));
    }

    /// Whether the world outside gets an answer from there.
    boolean answers(String address, int port) throws IOException, InterruptedException {
        return answered(Launch.of("curl", "-gsf", "--max-time", "2", "http://" + host(address) + ":" + port + "/")
                .run(LIMIT).text());
    }

    private static boolean answered(String text) {
        return text.startsWith("one") || text.startsWith("two");
    }

    private static String host(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    /// What a command on the server's machine prints.
    Outcome onServer(String line) throws IOException, InterruptedException {
        return serverMachine.run(LIMIT, line);
    }

    /// Runs the commands of the page's blocks for looking inside, on the server's machine.
    void followPage() throws IOException, InterruptedException {
        String[] parts = Files.readString(PAGE).split("```look\n");
        assertThat(parts.length).isGreaterThan(1);
        for (int i = 1; i < parts.length; i++) {
            for (String line : parts[i].substring(0, parts[i].indexOf("```")).lines().toList()) {
                Outcome outcome = line.startsWith("kubectl ") ? server.k3s(line.replaceAll("(jsonpath=\\S+)", "'$1'"))
                        : onServer(line);
                assertThat(outcome.code()).as(line + "\n" + outcome.text()).isZero();
                assertThat(outcome.text()).as(line).isNotBlank();
            }
        }
    }

    @Override
    public void close() {
        net.close();
    }
}
