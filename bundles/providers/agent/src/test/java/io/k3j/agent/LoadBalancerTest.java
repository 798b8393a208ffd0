package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LoadBalancerTest {
    private static Socket connect(LoadBalancer balancer) throws IOException {
        return new Socket("127.0.0.1", balancer.port());
    }

    @Test
    void forwardsBytesBothWaysUntilBothSidesHaveClosed() throws IOException {
        try (Echo a = new Echo('a');
                LoadBalancer balancer = new LoadBalancer("lb", 0, a.address(), InstantSource.system(),
                        io.k3j.componentapi.Health.none());
                Socket socket = connect(balancer)) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("ahello");
        }
    }

    /// Any process of the node may connect and stay silent; the server ends such a connection.
    @Test
    void aSilentClientLosesItsPlaceOnceItsServerHasEnded() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                LoadBalancer balancer = new LoadBalancer("lb", 0, "127.0.0.1:" + server.getLocalPort(),
                        InstantSource.system(), io.k3j.componentapi.Health.none());
                Socket socket = connect(balancer)) {
            try (Socket served = server.accept()) {
                served.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            Waiting.until("end of the connection", () -> balancer.report().endsWith("/0}"));
        }
    }

    @Test
    void usesTheNextServerWhenOneRefuses() throws IOException {
        try (Echo a = new Echo('a');
                Echo b = new Echo('b');
                LoadBalancer balancer = new LoadBalancer("lb", 0, a.address(), InstantSource.system(),
                        io.k3j.componentapi.Health.none())) {
            balancer.set(List.of(a.address(), b.address()));
            a.die();
            for (int i = 0; i < 3; i++) {
                try (Socket socket = connect(balancer)) {
                    assertThat((char) socket.getInputStream().read()).isEqualTo('b');
                }
            }
        }
    }

    @Test
    void closesConnectionsWhenTheirServersTunnelBreaks() throws Exception {
        Map<String, TunnelHealth> health = new ConcurrentHashMap<>();
        try (Echo a = new Echo('a');
                Echo b = new Echo('b');
                LoadBalancer balancer = new LoadBalancer("lb", 0, a.address(), InstantSource.system(),
                        io.k3j.componentapi.Health.none())) {
            balancer.health(address -> health.getOrDefault(address, TunnelHealth.UNKNOWN));
            try (Socket socket = connect(balancer)) {
                assertThat((char) socket.getInputStream().read()).isEqualTo('a');
                health.put(a.address(), TunnelHealth.OK);
                while (!balancer.report().contains("ACTIVE/1")) {
                    balancer.check();
                    LockSupport.parkNanos(1_000_000);
                }
                balancer.set(List.of(a.address(), b.address()));
                health.put(a.address(), TunnelHealth.FAILED);
                health.put(b.address(), TunnelHealth.OK);
                balancer.check();
                assertThat(socket.getInputStream().read()).isNegative();
            }
            // the first one accepts all the same, and is used where the healthy one takes a moment longer
            Waiting.until("connection to the healthy server", () -> {
                try (Socket socket = connect(balancer)) {
                    return socket.getInputStream().read() == 'b';
                }
            });
        }
    }

    @Test
    void servesTheMetricsOfK3s() throws IOException {
        try (Echo a = new Echo('a');
                Echo b = new Echo('b');
                LoadBalancer balancer = new LoadBalancer("lb", 0, a.address(), InstantSource.system(),
                        io.k3j.componentapi.Health.none())) {
            String name = "{name=\"lb\",";
            try (Socket socket = connect(balancer)) {
                assertThat((char) socket.getInputStream().read()).isEqualTo('a');
                balancer.set(List.of(a.address(), b.address()));
                assertThat(balancer.metrics()).contains(
                        "k3s_loadbalancer_server_connections" + name + "server=\"" + a.address() + "\"} 1\n",
                        "k3s_loadbalancer_server_connections" + name + "server=\"" + b.address() + "\"} 0\n",
                        "k3s_loadbalancer_server_health" + name + "server=\"" + a.address() + "\"} 4\n",
                        "k3s_loadbalancer_dial_duration_seconds_bucket" + name + "status=\"success\",le=\"+Inf\"} 1\n",
                        "k3s_loadbalancer_dial_duration_seconds_count" + name + "status=\"success\"} 1\n")
                        .doesNotContain("status=\"error\"");
            }
            a.die();
            b.die();
            try (Socket socket = connect(balancer)) {
                assertThat(socket.getInputStream().read()).isNegative();
            }
            assertThat(balancer.metrics()).contains(
                    "k3s_loadbalancer_server_health" + name + "server=\"" + a.address() + "\"} 1\n",
                    "k3s_loadbalancer_server_health" + name + "server=\"" + b.address() + "\"} 1\n",
                    "k3s_loadbalancer_dial_duration_seconds_count" + name + "status=\"error\"} 1\n");
        }
    }

    @Test
    void dialTimesUseTheBoundsOfK3s() {
        DialTimes times = new DialTimes();
        times.add(true, 1_000_000);
        times.add(true, 1_000_001);
        times.add(true, 20_000_000_000L);
        assertThat(times.text("x")).contains("_bucket{name=\"x\",status=\"success\",le=\"0.001\"} 1\n",
                "le=\"0.002\"} 2\n", "le=\"16.384\"} 2\n", "le=\"+Inf\"} 3\n",
                "_sum{name=\"x\",status=\"success\"} 20.002000001\n",
                "# TYPE k3s_loadbalancer_dial_duration_seconds histogram\n");
    }

    @Test
    void reportsWhyNoServerIsReachable() throws IOException {
        try (Echo a = new Echo('a')) {
            a.die();
            try (LoadBalancer balancer = new LoadBalancer("lb", 0, a.address(), InstantSource.system(),
                    io.k3j.componentapi.Health.none());
                    Socket socket = connect(balancer)) {
                assertThat(socket.getInputStream().read()).isNegative();
                assertThat(balancer.trouble()).contains("cannot connect to " + a.address());
            }
        }
    }

    @Test
    void namesTheFlagWhenItsPortIsInUse() throws IOException {
        try (Echo a = new Echo('a')) {
            int port = ServerAddresses.port(a.address());
            assertThatThrownBy(() -> new LoadBalancer("lb", port, "x:1", InstantSource.system(),
                    io.k3j.componentapi.Health.none()).close())
                    .hasMessageContaining("--lb-server-port").hasMessageContaining("ss -ltnp");
        }
    }
}
