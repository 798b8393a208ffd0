package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines of the log that scripts wait and look for.
class StartLinesTest {
    @TempDir
    private Path data;

    private StartLines of(String role, Map<String, Object> settings) {
        return new StartLines(new LaunchPlan(role, data, settings, Set.of(), Map.of()));
    }

    private void tokens() throws IOException {
        Path server = Files.createDirectories(data.resolve("server"));
        Files.writeString(server.resolve("token"), "K10abc::server:secret");
        Files.createSymbolicLink(server.resolve("agent-token"), Path.of("token"));
    }

    @Test
    void theReleaseIsTold() {
        assertThat(of("server", Map.of()).begin("v1.36.2+k3s1 (01234567)"))
                .containsExactly("Starting k3s v1.36.2+k3s1 (01234567)");
        assertThat(of("agent", Map.of()).begin("v1.36.2+k3s1 (01234567)"))
                .containsExactly("Starting k3s agent v1.36.2+k3s1 (01234567)");
    }

    @Test
    void aServerWithManagedEtcdSaysWhetherItsMemberIsNew() throws IOException {
        StartLines lines = of("server", Map.of("managedEtcd", true));
        assertThat(lines.begin("v1")).endsWith("Managed etcd cluster initializing");
        Files.createFile(Files.createDirectories(data.resolve("server/db/etcd")).resolve("name"));
        assertThat(lines.begin("v1")).endsWith("Managed etcd cluster bootstrap already complete and initialized");
        assertThat(lines.reached(Phases.DATASTORE_READY)).containsExactly("ETCD server is now running");
        assertThat(of("server", Map.of()).reached(Phases.DATASTORE_READY)).isEmpty();
        assertThat(of("server", Map.of("managedEtcd", true, "disableEtcd", true)).begin("v1")).hasSize(1);
    }

    @Test
    void howOthersJoinIsToldWithoutTheToken() throws IOException {
        StartLines lines = of("server", Map.of("nodeIp", new String[] {"192.0.2.7"}, "httpsListenPort", "6443"));
        assertThat(lines.reached(Phases.APISERVER_READY)).as("no tokens").containsExactly(
                "Kube API server is now running", "Tunnel server egress proxy mode: agent", "Run: k3s kubectl");
        tokens();
        assertThat(lines.reached(Phases.APISERVER_READY)).contains(
                "Server node token is available at " + data + "/server/token",
                "To join server node to cluster: k3s server -s https://192.0.2.7:6443 -t ${SERVER_NODE_TOKEN}",
                "Agent node token is available at " + data + "/server/agent-token",
                "To join agent node to cluster: k3s agent -s https://192.0.2.7:6443 -t ${AGENT_NODE_TOKEN}");
    }

    @Test
    void theAddressIsOneThatIsListenedOn() throws IOException {
        tokens();
        assertThat(of("server", Map.of("bindAddress", "2001:db8::9", "supervisorPort", "9345"))
                .reached(Phases.APISERVER_READY))
                .contains("To join agent node to cluster: k3s agent -s https://[2001:db8::9]:9345 -t"
                        + " ${AGENT_NODE_TOKEN}");
        assertThat(of("server", Map.of("bindAddress", "::")).reached(Phases.APISERVER_READY)).contains(
                "To join agent node to cluster: k3s agent -s https://127.0.0.1:6443 -t ${AGENT_NODE_TOKEN}");
    }

    @Test
    void aServerWithoutAnApiServerTellsItWhenTheClusterIsAgreed() throws IOException {
        tokens();
        StartLines lines = of("server", Map.of("disableApiserver", true));
        assertThat(lines.reached(Phases.CLUSTER_AGREED)).hasSize(4).noneMatch(line -> line.startsWith("Run:"));
        assertThat(of("agent", Map.of()).reached(Phases.APISERVER_READY)).isEmpty();
    }
}
