package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldSocketsTest {
    private static final int FROM = 12_000;
    private static final int TO = 15_000;
    private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(FROM, TO - 500));
    private static final int MOST_TRIES = 20;

    @Test
    void lendsTheSocketsARoleNeeds() throws StartFailure {
        try (HeldSockets server = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            assertThat(server.has("server")).isTrue();
            assertThat(server.has("kubelet")).isFalse();
            assertThat(server.port("server")).isPositive();
            assertThat(server.lend("server").isOpen()).isTrue();
            assertThatThrownBy(() -> server.lend("kubelet")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysWhichFlagNamesABusyPort() throws StartFailure {
        try (HeldSockets first = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            String port = Integer.toString(first.port("server"));
            assertThatThrownBy(() -> HeldSockets.bind(plan("server", Set.of("agent"), port)))
                    .isInstanceOf(StartFailure.class).hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("--https-listen-port").hasMessageContaining("ss -ltnp");
        }
    }

    @Test
    void namesTheSupervisorsFlagWhereThatSaysTheServersPort() throws StartFailure {
        try (HeldSockets first = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            String port = Integer.toString(first.port("server"));
            LaunchPlan plan = new LaunchPlan("server", Path.of("/nowhere"), Map.of("bindAddress", "127.0.0.1",
                    "httpsListenPort", port, "supervisorPort", port, "disableApiserver", true), Set.of("agent"),
                    Map.of());
            assertThatThrownBy(() -> HeldSockets.bind(plan)).isInstanceOf(StartFailure.class)
                    .hasMessageContaining("127.0.0.1:" + port + " (--supervisor-port)");
        }
    }

    @Test
    void saysWhereAnAddressOfThisMachineIsFound() {
        assertThatThrownBy(() -> HeldSockets.bind(bound("192.0.2.1"))).isInstanceOf(StartFailure.class)
                .hasMessageContaining("cannot listen on 192.0.2.1:0 (--https-listen-port)")
                .hasMessageEndingWith("give an address of this machine as --bind-address; see: ip address");
    }

    @Test
    void takesTheKubeletsPortFromItsArguments() throws StartFailure {
        LaunchPlan plan = new LaunchPlan("agent", Path.of("/nowhere"),
                Map.of("bindAddress", "127.0.0.1", "kubeletArg", new String[] {"v=2", "--port=0"}), Set.of(),
                Map.of());
        try (HeldSockets agent = HeldSockets.bind(plan)) {
            assertThat(agent.port("kubelet")).isPositive().isNotEqualTo(10250);
            assertThat(agent.has("server")).isFalse();
        }
    }

    @Test
    void listensBesideTheServersPortWhereFlagsSay() throws StartFailure, IOException {
        int supervisor = free();
        int api = free();
        LaunchPlan plan = further(Map.of("supervisorPort", Integer.toString(supervisor), "apiserverPort",
                Integer.toString(api), "apiserverBindAddress", "0.0.0.0"));
        try (HeldSockets server = HeldSockets.bind(plan)) {
            assertThat(server.lend("supervisor").getLocalAddress())
                    .isEqualTo(new InetSocketAddress("127.0.0.1", supervisor));
            InetSocketAddress bound = (InetSocketAddress) server.lend("kube-apiserver").getLocalAddress();
            assertThat(bound.getAddress().isAnyLocalAddress()).isTrue();
            assertThat(bound.getPort()).isEqualTo(api);
            assertThatThrownBy(() -> HeldSockets.bind(plan)).isInstanceOf(StartFailure.class)
                    .hasMessageContaining("127.0.0.1:" + supervisor + " (--supervisor-port)");
        }
    }

    @Test
    void anAddressOfItsOwnDoesNotShutThisMachineOut() throws StartFailure, IOException {
        try (HeldSockets server = onBoth()) {
            int port = server.port("server");
            assertThat(server.lend("server").getLocalAddress()).isEqualTo(new InetSocketAddress("127.0.0.9", port));
            assertThat(server.lend("loopback").getLocalAddress()).isEqualTo(new InetSocketAddress("127.0.0.1", port));
        }
        try (HeldSockets everywhere = HeldSockets.bind(bound("0.0.0.0"))) {
            assertThat(everywhere.has("loopback")).isFalse();
        }
        try (HeldSockets loopback = HeldSockets.bind(bound("127.0.0.1"))) {
            assertThat(loopback.has("loopback")).isFalse();
        }
    }

    @Test
    void aLoopbackAddressThatAnotherProcessHasIsLeftToIt() throws StartFailure, IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                HeldSockets server = HeldSockets.bind(new LaunchPlan("server", Path.of("/nowhere"),
                        Map.of("bindAddress", "127.0.0.9", "httpsListenPort",
                                Integer.toString(other.getLocalPort())),
                        Set.of("agent", "scheduler",
                                "controller-manager"),
                        Map.of()))) {
            assertThat(server.port("server")).isEqualTo(other.getLocalPort());
            assertThat(server.has("loopback")).isFalse();
        }
    }

    /// Another process may have the port that is found for the one address on the loopback address.
    private static HeldSockets onBoth() throws StartFailure {
        HeldSockets server = HeldSockets.bind(bound("127.0.0.9"));
        for (int again = 0; again < MOST_TRIES && !server.has("loopback"); again++) {
            server.close();
            server = HeldSockets.bind(bound("127.0.0.9"));
        }
        return server;
    }

    private static LaunchPlan bound(String address) {
        return new LaunchPlan("server", Path.of("/nowhere"), Map.of("bindAddress", address, "httpsListenPort", "0"),
                Set.of("agent", "scheduler", "controller-manager"), Map.of());
    }

    @Test
    void aPortThatTheServerHasAlreadyIsNotOpenedAgain() {
        assertThat(Ports.further(further(Map.of("supervisorPort", "0", "apiserverPort", "0")))).isEmpty();
        assertThat(Ports.further(further(Map.of("supervisorPort", "9345", "apiserverPort", "9345"))))
                .extracting(Ports.Component::name).containsExactly("supervisor");
        assertThat(Ports.further(further(Map.of("apiserverPort", "6444")))).containsExactly(
                new Ports.Component("kube-apiserver", "--apiserver-port", "127.0.0.1", "6444", true));
        assertThat(Ports.further(further(Map.of("apiserverPort", "6444", "disableApiserver", true)))).isEmpty();
    }

    private static LaunchPlan further(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bindAddress", "127.0.0.1");
        all.put("httpsListenPort", "0");
        return new LaunchPlan("server", Path.of("/nowhere"), all, Set.of("agent"), Map.of());
    }

    @Test
    void listensForSchedulerAndControllersWhereTheirArgumentsSay() throws StartFailure, IOException {
        int free = free();
        try (HeldSockets server = HeldSockets.bind(components("bind-address=0.0.0.0", "secure-port=" + free))) {
            InetSocketAddress bound = (InetSocketAddress) server.lend("kube-scheduler").getLocalAddress();
            assertThat(bound.getAddress().isAnyLocalAddress()).isTrue();
            assertThat(bound.getPort()).isEqualTo(free);
            assertThat(server.has("kube-controller-manager")).as("secure-port=0").isFalse();
        }
    }

    /// Below those that the kernel gives to whoever asks for any, and each once: nobody takes it meanwhile.
    private static int free() throws IOException {
        while (true) {
            int port = NEXT.getAndIncrement();
            try (ServerSocket any = new ServerSocket(port)) {
                return any.getLocalPort();
            } catch (BindException taken) {
                assertThat(port).as("no port is free").isLessThan(TO);
            }
        }
    }

    private static LaunchPlan components(String... scheduler) {
        return new LaunchPlan("server", Path.of("/nowhere"),
                Map.of("bindAddress", "127.0.0.1", "httpsListenPort", "0", "kubeSchedulerArg", scheduler,
                        "kubeControllerManagerArg", new String[] {"secure-port=0"}),
                Set.of("agent"), Map.of());
    }

    @Test
    void refusesAnAddressOfAComponentThatIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HeldSockets.bind(components("secure-port=" + other.getLocalPort())))
                    .isInstanceOf(StartFailure.class).hasMessageContaining("--kube-scheduler-arg=secure-port");
        }
    }

    @Test
    void startsWithoutAPortOfAComponentThatIsTakenAndNobodyAskedFor() throws StartFailure {
        try (HeldSockets first = HeldSockets.bind(plan("server", Set.of("agent"), "0"));
                HeldSockets second = HeldSockets.bind(plan("server", Set.of("agent"), "0"))) {
            assertThat(first.port("server")).isNotEqualTo(second.port("server"));
            // another process may have had them, and gone between the two
            assertThat(List.of("kube-scheduler", "kube-controller-manager"))
                    .noneMatch(name -> first.has(name) && second.has(name));
        }
    }

    @Test
    void defaultsAreUpstreamsAndOfTheLoopbackAddress() {
        assertThat(Ports.components(plan("server", Set.of("agent"), "0"))).containsExactly(
                new Ports.Component("kube-scheduler", "--kube-scheduler-arg", "127.0.0.1", "10259", false),
                new Ports.Component("kube-controller-manager", "--kube-controller-manager-arg", "127.0.0.1", "10257",
                        false));
        assertThat(Ports.components(plan("server", Set.of("scheduler", "controller-manager"), "0"))).isEmpty();
        assertThat(Ports.components(plan("agent", Set.of(), "0"))).isEmpty();
        assertThat(Ports.components(new LaunchPlan("server", Path.of("/nowhere"), Map.of("disableApiserver", true),
                Set.of(), Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "70000", "-1"})
    void refusesWhatIsNoPort(String text) {
        assertThatThrownBy(() -> HeldSockets.bind(plan("server", Set.of("agent"), text)))
                .isInstanceOf(StartFailure.class).hasMessageContaining("--https-listen-port=" + text);
    }

    private static LaunchPlan plan(String role, Set<String> disabled, String port) {
        return new LaunchPlan(role, Path.of("/nowhere"),
                Map.of("bindAddress", "127.0.0.1", "httpsListenPort", port), disabled, Map.of());
    }
}
