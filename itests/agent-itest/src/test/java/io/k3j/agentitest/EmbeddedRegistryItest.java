package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitregistry.TestImage;
import io.k3j.testkitregistry.TestRegistry;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A server and an agent, each a machine with its own containerd; the registry is outside, on `10.10.10.1`, and only
/// the server is told where. `docs/registries.md`.
@NeedsMachine
@NeedsPackages("curl")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedRegistryItest {
    private static final String TOKEN = "embedded-registry";
    private static final String URL = "https://10.10.10.50:6443";
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String NO_MIRRORS = "Sharing no images: --embedded-registry is on and mirrors of "
            + "/etc/rancher/k3s/registries.yaml names no registry";
    private MachineNet net;
    private Machine serverMachine;
    private Machine agentMachine;
    private Server server;
    private AgentProcess agent;
    private TestRegistry registry;

    @BeforeAll
    void switchOn() throws Exception {
        net = MachineNet.on();
        registry = TestRegistry.tls("10.10.10.1");
        serverMachine = net.server(1);
        agentMachine = net.agent(1);
        server = Server.start(serverMachine, "--token", TOKEN, "--disable=traefik", "--embedded-registry").ready();
        write(agentMachine, "registries.yaml", "mirrors: {shared.example: }\n");
        agent = AgentProcess.start(agentMachine, URL, TOKEN, "--disable-default-registry-endpoint");
        agent.said("node Ready");
    }

    @AfterAll
    void switchOff() {
        if (registry != null) {
            registry.close();
        }
        if (net != null) {
            net.close();
        }
    }

    /// Into `/etc/rancher/k3s`, from the inside.
    private static void write(Machine machine, String name, String text) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve(name), text);
        Outcome outcome = machine.run(LIMIT, "mkdir -p /etc/rancher/k3s && cp " + file + " /etc/rancher/k3s/");
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private void run(String name, String node, String image) throws IOException, InterruptedException {
        Path file = Files.writeString(serverMachine.dir().resolve(name + ".json"), """
                {"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"%s"},"spec":{"nodeName":\
                "%s","terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"%s",\
                "command":["sleep","3600"]}]}}""".formatted(name, node, image));
        Outcome outcome = server.k3s("kubectl apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private String shown(String words) throws IOException, InterruptedException {
        return server.k3s("kubectl " + words).text();
    }

    private void await(String words, String text) throws IOException, InterruptedException {
        Waiting.until("\"" + text + "\" from kubectl " + words, LIMIT, () -> shown(words).contains(text),
                () -> "agent:\n" + agent.tail() + "\nserver:\n" + server.story() + "\n" + registry.asked());
    }

    @Test
    void anImageThatOneNodePulledRunsOnAnotherWithoutItsRegistry() throws Exception {
        String log = serverMachine.dir().resolve("server.txt").toString();
        Waiting.until("what to add", LIMIT, () -> Files.readString(Path.of(log)).contains(NO_MIRRORS), server::story);
        await("get nodes -l p2p.k3s.cattle.io/enabled=true --no-headers", "agent-1");
        await("get nodes -l p2p.k3s.cattle.io/enabled=true --no-headers", "server-1");

        write(serverMachine, "registry-ca.pem", registry.authority());
        write(serverMachine, "registries.yaml", """
                mirrors: {shared.example: {endpoint: ["https://%s"]}}
                configs: {"%1$s": {tls: {ca_file: /etc/rancher/k3s/registry-ca.pem}}}
                """.formatted(registry.address()));
        TestImage busybox = TestImage.of(K3sProcess.distribution().resolve("images/busybox.tar"));
        registry.push("team/shared", "1", busybox.with("shared".getBytes(StandardCharsets.UTF_8)));
        run("first", "server-1", "shared.example/team/shared:1");
        await("get pod first --no-headers", "Running");
        registry.close();
        registry.forget();

        // the agent has no endpoint to ask; it asks again until the server has told what it has
        run("second", "agent-1", "shared.example/team/shared:1");
        await("get pod second --no-headers", "Running");
        assertThat(registry.asked()).isEmpty();
        assertThat(shown("get --raw /api/v1/nodes/agent-1/proxy/metrics"))
                .containsPattern("k3j_embedded_registry_requests_total\\{found=\"true\"} [1-9]");

        run("third", "agent-1", "shared.example/team/absent:1");
        await("get events --field-selector involvedObject.name=third -o jsonpath={.items[*].message}",
                "registries.yaml has no endpoint for shared.example");
    }

    @Test
    void onlyNodesAreAnswered() throws Exception {
        String path = "https://10.10.10.50:6443/v2/team/shared/manifests/1?ns=shared.example";
        String certs = "/var/lib/rancher/k3s/agent/";
        String curl = "curl -sk -o /dev/null -w %{http_code} ";
        // neither the server's part nor all certificates of a node are there when that is Ready
        Waiting.until("a refusal", LIMIT, () -> agentMachine.run(LIMIT, curl + "'" + path + "'").text().strip()
                .equals("401"), server::story);
        Waiting.until("certificates", LIMIT,
                () -> agentMachine.run(LIMIT, "ls " + certs + "client-kube-proxy.crt").code() == 0, agent::tail);
        String node = " --cert " + certs + "client-kubelet.crt --key " + certs + "client-kubelet.key ";
        assertThat(agentMachine.run(LIMIT, curl + node + "'" + path.replace("/1?", "/none?") + "'").text().strip())
                .isEqualTo("404");
        String proxy = " --cert " + certs + "client-kube-proxy.crt --key " + certs + "client-kube-proxy.key ";
        assertThat(agentMachine.run(LIMIT, curl + proxy + "'" + path + "'").text().strip()).isEqualTo("401");
    }
}
