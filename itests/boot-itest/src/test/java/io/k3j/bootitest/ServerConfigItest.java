package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.EtcdServers;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// `k3s server-config` beside two running servers with one datastore. One story: each test goes on where the one before
/// ended.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages("etcd-server")
@Tag("kill")
class ServerConfigItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String TOKEN = "of-the-servers";
    private static final String AGENTS = "of-the-agents";

    private Path home;
    private EtcdServers etcd;
    private K3sProcess first;
    private K3sProcess second;

    @BeforeAll
    void start(@TempDir Path dir) throws IOException, InterruptedException {
        home = dir;
        etcd = EtcdServers.start(Files.createDirectory(home.resolve("etcd")), 1);
        first = served("server-1");
        second = served("server-2");
    }

    @AfterAll
    void stop() {
        for (K3sProcess one : new K3sProcess[] {second, first}) {
            if (one != null) {
                one.close();
            }
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    private K3sProcess start(String name, String... flags) throws IOException {
        List<String> all = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1", "--node-name",
                name, "--token", TOKEN, "--agent-token", AGENTS, "--datastore-endpoint", etcd.endpoints()));
        all.addAll(List.of(flags));
        return K3sProcess.server(Files.createDirectories(home.resolve(name)), all.toArray(String[]::new));
    }

    private K3sProcess served(String name, String... flags) throws IOException, InterruptedException {
        Files.deleteIfExists(home.resolve(name).resolve("k3s.yaml"));
        K3sProcess server = start(name, flags);
        server.await("kubeconfig", LIMIT, () -> Files.exists(home.resolve(name).resolve("k3s.yaml")));
        server.await("served API", LIMIT, commands(name)::served);
        return server;
    }

    private Commands commands(String name) {
        return new Commands(home.resolve(name));
    }

    private Outcome config(String server, String word, String... words) throws IOException, InterruptedException {
        return commands(server).administer("server-config", word, words);
    }

    private String got(String server, String... words) throws IOException, InterruptedException {
        return Commands.must(config(server, "get", words));
    }

    @Test
    @Order(1)
    void showsWhatTheServersHaveAgreedOnAtEitherOfThem() throws Exception {
        String text = got("server-1");
        assertThat(text).startsWith("agreed by server-1, 20").containsPattern("\n  --cluster-cidr +10.42.0.0/16\n")
                .containsPattern("\n  --egress-selector-mode +agent\n")
                .containsPattern("\n  --disable +\\(none\\)\n").containsPattern("\n  --agent-token +sha256:\\w{8}")
                .doesNotContain(AGENTS, TOKEN);
        assertThat(got("server-2")).isEqualTo(text);
        assertThat(got("server-2", "-o", "json")).startsWith("{").contains("\"clusterCidr\":\"10.42.0.0/16\"")
                .doesNotContain(AGENTS, TOKEN);
    }

    @Test
    @Order(2)
    void saysWhyItChangesNothing() throws Exception {
        String before = got("server-1");
        refused("the server refused (400): --cluster-cidr cannot be changed once a cluster exists", "server-1", "set",
                "--cluster-cidr=10.44.0.0/16");
        refused("the server refused (400): --no-such is no flag that servers agree on; they are: k3s server-config get",
                "server-1", "set", "--egress-selector-mode=pod", "--no-such=1");
        refused("use: k3s server-config get [-o json], or: k3s server-config set --FLAG=VALUE", "server-1", "set");
        refused("use: k3s server-config get [-o json], or: k3s server-config set --FLAG=VALUE", "server-1", "get",
                "--egress-selector-mode=pod");
        refused("the server refused (401): not authorized; is this the server token?", "server-1", "get", "--token",
                "another");
        refused("the server refused (403): forbidden; is this the server token?", "server-1", "set",
                "--egress-selector-mode=pod", "--token", "K10::node:" + AGENTS);
        assertThat(Commands.must(config("server-1", "set", "--egress-selector-mode=agent")))
                .isEqualTo("nothing to change\n");
        assertThat(got("server-2")).isEqualTo(before);
    }

    private void refused(String told, String server, String word, String... words)
            throws IOException, InterruptedException {
        Outcome result = config(server, word, words);
        assertThat(result.code()).as(result.text()).isEqualTo(1);
        assertThat(result.text()).contains("k3s: " + told).doesNotContain("\tat ", AGENTS);
    }

    @Test
    @Order(3)
    void whatIsSetAtOneServerTheOtherSeesWhileItRuns() throws Exception {
        assertThat(Commands.must(config("server-1", "set", "--egress-selector-mode=pod", "--disable=Mine,coredns")))
                .isEqualTo("--disable: (none) -> coredns,mine\n--egress-selector-mode: agent -> pod\nset these flags on"
                        + " every server and restart them one after the other; until then they show the node condition"
                        + " ConfigurationDrift\n");
        assertThat(got("server-2")).startsWith("agreed by server-1, ")
                .containsPattern("\n  --egress-selector-mode +pod\n").containsPattern("\n  --disable +coredns,mine\n");
    }

    @Test
    @Order(4)
    @Tag("full")
    void theOtherTellsThatItRunsSomethingElse() throws Exception {
        commands("server-2").kubectl("apply", "-f", Files.writeString(home.resolve("node.json"),
                "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"server-2\"}}").toString());
        String drift = "--disable is (none) here, coredns,mine in the cluster; --egress-selector-mode is agent here,"
                + " pod in the cluster";
        second.awaitOutput("This server has drifted from the cluster's configuration: " + drift, LIMIT);
        second.await("condition", LIMIT, () -> conditions().contains(drift));
    }

    private String conditions() {
        try {
            return commands("server-2").kubectl("get", "node", "server-2", "-o",
                    "jsonpath={.status.conditions[?(@.type==\"ConfigurationDrift\")].message}");
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Test
    @Order(5)
    @Tag("full")
    void aServerComesAgainWithTheNewValuesOnly() throws Exception {
        assertThat(second.stop()).isZero();
        second = start("server-2");
        assertThat(second.awaitEnd(LIMIT)).isEqualTo(1);
        assertThat(second.output()).contains("--egress-selector-mode", "agent", "pod", "coredns,mine");
        second = served("server-2", "--egress-selector-mode=pod", "--disable=coredns,mine");
        assertThat(Commands.must(config("server-2", "set", "--disable=", "--egress-selector-mode=agent")))
                .contains("--disable: coredns,mine -> (none)\n");
        assertThat(got("server-1")).startsWith("agreed by server-2, ");
    }

    @Test
    @Order(6)
    void saysThatNoServerIsThere() throws Exception {
        assertThat(second.stop()).isZero();
        refused("cannot reach " + commands("server-2").server() + ": is a server running there", "server-2", "get");
    }
}
