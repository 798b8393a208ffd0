package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node's load balancers, for servers whose API has a port of its own and for those where it has not.
@Timeout(120)
class BalancersTest {
    private static final int TRIES = 100;
    @TempDir
    private Path dir;
    private Echo supervisor;
    private Echo api;
    private int port;

    @BeforeEach
    void listen() throws IOException {
        supervisor = new Echo('s');
        api = new Echo('a');
        port = free();
    }

    @AfterEach
    void end() throws IOException {
        supervisor.close();
        api.close();
    }

    /// A free port whose predecessor is free as well.
    private static int free() {
        int lower = FreePort.next();
        for (int i = 0; i < TRIES; i++) {
            int upper = FreePort.next();
            if (upper == lower + 1) {
                return upper;
            }
            lower = upper;
        }
        throw new AssertionError("no two free ports");
    }

    private Balancers balancers(boolean disabled) {
        AgentSettings settings = TestSettings.of("", "", Map.of("lbServerPort", port, "disableApiserverLb", disabled));
        return new Balancers(settings, new AgentLayout(dir, dir.resolve("password")), "https://" + supervisor.address(),
                address -> TunnelHealth.UNKNOWN, InstantSource.system(), io.k3j.componentapi.Health.none());
    }

    private ClusterConfig split() throws Refused {
        return ClusterConfig
                .parse("{\"DisableNPC\":true,\"SupervisorPort\":" + ServerAddresses.port(supervisor.address())
                        + ",\"HTTPSPort\":" + ServerAddresses.port(api.address()) + "}");
    }

    private static ClusterConfig together() throws Refused {
        return ClusterConfig.parse("{\"DisableNPC\":true,\"SupervisorPort\":6443,\"HTTPSPort\":6443}");
    }

    private static char reached(URI uri) throws IOException {
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            return (char) socket.getInputStream().read();
        }
    }

    @Test
    void theApisLoadBalancerListensOnThePortBelow() throws Exception {
        try (Balancers balancers = balancers(false)) {
            URI one = balancers.open();
            URI other = balancers.api(split());
            assertThat(one).hasToString("https://127.0.0.1:" + port);
            assertThat(other).hasToString("https://127.0.0.1:" + (port - 1));
            assertThat(balancers.api(split())).as("asked again").isEqualTo(other);
            assertThat(balancers.set(List.of(api.address()))).containsExactly(supervisor.address());
            assertThat(reached(one)).isEqualTo('s');
            assertThat(reached(other)).isEqualTo('a');
        }
        assertThat(Files.readString(dir.resolve("agent/etc/k3s-agent-load-balancer.json")))
                .contains("\"" + supervisor.address() + "\"");
        assertThat(Files.readString(dir.resolve("agent/etc/k3s-api-server-agent-load-balancer.json")))
                .contains("\"" + api.address() + "\"");
    }

    @Test
    void oneLoadBalancerServesBothOnTheSamePort() throws Exception {
        try (Balancers balancers = balancers(false)) {
            URI one = balancers.open();
            assertThat(balancers.api(together())).isEqualTo(one);
            assertThat(balancers.set(List.of(api.address()))).containsExactly(api.address());
            assertThat(dir.resolve("agent/etc/k3s-api-server-agent-load-balancer.json")).doesNotExist();
            try (ServerSocket below = new ServerSocket(port - 1, 1, InetAddress.ofLiteral("127.0.0.1"))) {
                assertThat(below.isBound()).isTrue();
            }
        }
    }

    @Test
    void withoutLoadBalancersTheAddressesAreUsedDirectly() throws Exception {
        try (Balancers balancers = balancers(true)) {
            assertThat(balancers.open()).hasToString("https://" + supervisor.address());
            assertThat(balancers.api(split())).hasToString("https://" + api.address());
            assertThat(balancers.set(List.of(api.address()))).containsExactly(supervisor.address());
            assertThat(balancers.metrics()).isEmpty();
        }
    }

    @Test
    void eachMetricFamilyIsDescribedOnce() throws Exception {
        try (Balancers balancers = balancers(false)) {
            balancers.open();
            balancers.api(split());
            List<String> lines = balancers.metrics().lines().toList();
            assertThat(lines.stream().filter(line -> line.startsWith("#"))).doesNotHaveDuplicates().hasSize(6);
            assertThat(lines).containsSubsequence("# TYPE k3s_loadbalancer_server_health gauge",
                    "k3s_loadbalancer_server_health{name=\"k3s-agent-load-balancer\",server=\"" + supervisor.address()
                            + "\"} 3",
                    "k3s_loadbalancer_server_health{name=\"k3s-api-server-agent-load-balancer\",server=\""
                            + api.address() + "\"} 3",
                    "# TYPE k3s_loadbalancer_dial_duration_seconds histogram");
        }
    }

    @Test
    void reportsAPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(port - 1, 1, InetAddress.ofLiteral("127.0.0.1"));
                Balancers balancers = balancers(false)) {
            balancers.open();
            assertThatThrownBy(() -> balancers.api(split())).isInstanceOf(Refused.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageEndingWith("the one below --lb-server-port");
        }
    }
}
