package io.k3j.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.NoDescriptors;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    @TempDir
    Path dir;

    private ConsoleSocket socket;

    @BeforeEach
    void open() throws IOException {
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Health.none());
    }

    @AfterEach
    void close() {
        socket.close();
    }

    @Test
    void isAccessibleToItsOwnerOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo("rw-------");
    }

    @Test
    void listsComponentsInColumns() throws IOException {
        assertThat(answer("ls")).containsExactly(
                "+NAME         VERSION   STATE    HEALTH     POLICY     SINCE   MESSAGE",
                "+edge         0.1.0     ACTIVE   OK         PARALLEL   now",
                "+kube-proxy   0.1.0     ACTIVE   DEGRADED   REPLACE    now     no rules", "=0");
        assertThat(answer("ls\t-o\twide").getFirst()).contains("NAME").contains("SYMBOLIC-NAME")
                .endsWith("SIGNER    MESSAGE");
        assertThat(answer("ls\t-o\twide").get(2)).endsWith("now     CN=Acme   no rules");
    }

    @Test
    void showsTheStepsOfASwapAndItsResult() throws IOException {
        assertThat(answer("swap\t/jars/edge.jar")).containsExactly("+starting /jars/edge.jar", "+edge 0.1.0 ACTIVE",
                "=0");
    }

    @Test
    void reportsWhyAChangeWasRefused() throws IOException {
        assertThat(answer("back\tedge")).containsExactly("!edge was not swapped", "=1");
        assertThat(answer("check\t/jars/edge.jar")).containsExactly("!runs already", "=1");
        assertThat(answer("check\t/jars/good.jar")).containsExactly("+ok, signed by CN=Acme", "=0");
    }

    @Test
    void stopsAndStarts() throws IOException {
        assertThat(answer("stop\tkube-proxy")).containsExactly("+kube-proxy STOPPED", "=0");
        assertThat(answer("start\tkube-proxy")).containsExactly("+kube-proxy 0.1.0 ACTIVE", "=0");
        assertThat(answer("stop\tedge")).containsExactly("!edge cannot be stopped", "=1");
    }

    @Test
    void printsTheUsageForAnUnknownCommand() throws IOException {
        assertThat(answer("drop\teverything")).first().asString().contains("k3s bundle ls");
        assertThat(answer("")).last().isEqualTo("=2");
    }

    @Test
    void replacesTheSocketOfAPredecessor() throws IOException {
        try (ConsoleSocket next = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Health.none())) {
            socket.close();
            assertThat(answer("ls")).last().isEqualTo("=0");
            assertThat(next).isNotNull();
        }
    }

    @Test
    void givesTheSocketBackWhenASuccessorDoesNotStay() throws IOException {
        ConsoleSocket next = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Health.none());
        next.close();
        assertThat(answer("ls")).last().isEqualTo("=0");
    }

    @Test
    void showsThePlanOfASwap() throws IOException {
        assertThat(answer("swap\t/jars/edge.jar\t--plan")).containsExactly("+1. install /jars/edge.jar", "=0");
    }

    @Test
    void listsComponentsWithTheirDecisions() throws IOException {
        assertThat(answer("component\tls")).containsExactly(
                "+NAME             STATE      DECIDED    BUNDLES   MESSAGE",
                "+edge             ENABLED    default    1",
                "+metrics-server   DISABLED   operator   -         disabled by an operator", "=0");
    }

    @Test
    void tellsAboutOneComponent() throws IOException {
        assertThat(answer("component\tstatus\tedge")).contains("+state      ENABLED", "+needed by  -",
                "+bundle     io.k3j.edge 0.1.0 ACTIVE OK since now");
        assertThat(answer("component\tstatus\tnothing"))
                .containsExactly("!no component is called nothing; see: k3s component ls", "=1");
        assertThat(answer("component\tstatus")).containsExactly(
                "+1 components are enabled, none has failed; see: k3s component ls", "=0");
    }

    @Test
    void showsWhatAComponentIsConfiguredByAndWhichFlagSetsIt() throws IOException {
        assertThat(answer("component\tstatus\tedge")).containsSubsequence(
                "+setting    io.k3j.edge httpsListenPort   6443       --https-listen-port (default)",
                "+setting    io.k3j.edge token             (hidden)   --token (K3S_TOKEN)",
                "+setting    io.k3j.edge managed           -                                          what it is");
    }

    @Test
    void tellsTheStatusAsJson() throws IOException {
        String one = String.join("\n", answer("component\tstatus\tedge\t-o\tjson"));
        assertThat(one).startsWith("+{").contains("\"name\" : \"edge\"", "\"flag\" : \"--https-listen-port\"",
                "\"value\" : \"(hidden)\"", "\"default\" : true").endsWith("=0");
        assertThat(answer("component\tstatus\t-o\tjson")).containsExactly("+[ ]", "=0");
        assertThat(answer("component\tls\t-o\tjson")).last().isEqualTo("=2");
    }

    @Test
    void enablesAndDisables() throws IOException {
        assertThat(answer("component\tenable\tmetrics-server")).containsExactly("+start", "+metrics-server ENABLED",
                "=0");
        assertThat(answer("component\tdisable\tedge")).containsExactly("!edge cannot be disabled:", "!it stays", "=1");
        assertThat(answer("component\tdisable\tmetrics-server\t--plan")).containsExactly("+1. stop metrics-server",
                "=0");
    }

    @Test
    void decidesForTheClusterAndTellsWhatEachServerDid() throws IOException {
        assertThat(answer("component\tdisable\tmetrics-server\t--cluster")).containsExactly(
                "+for the cluster: metrics-server is disabled", "+metrics-server DISABLED",
                "+the other servers follow; see: k3s component status --cluster", "=0");
        assertThat(answer("component\tdisable\t--cluster\t--plan\tmetrics-server"))
                .containsExactly("+1. decide that metrics-server is disabled", "=0");
        assertThat(answer("component\tstatus\t--cluster")).containsExactly(
                "+COMPONENT        DECIDED    SERVER   STATE", "+metrics-server   disabled   a        DISABLED",
                "+metrics-server   disabled   b        does not follow yet: it is needed by acme", "=0");
        assertThat(answer("component\tstatus\tedge\t--cluster"))
                .containsExactly("+nothing is decided for the cluster about edge", "=0");
    }

    @Test
    void refusesADecisionForTheClusterWithWhatToDoInstead() throws IOException {
        assertThat(answer("component\tdisable\tapiserver\t--cluster"))
                .containsExactly("!apiserver cannot be disabled for the cluster", "=1");
        assertThat(answer("component\tls\t--cluster")).last().isEqualTo("=2");
        assertThat(answer("component\tdrop")).last().isEqualTo("=2");
    }

    @Test
    @Timeout(120)
    void waitsForADescriptorWithoutBusyLoop() throws Exception {
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(answer("ls")).last().isEqualTo("=0");
            try (NoDescriptors _ = NoDescriptors.begin()) {
                client.connect(UnixDomainSocketAddress.of(path()));
                assertThat(NoDescriptors.percent(1000)).isLessThan(50);
            }
            assertThat(answer("ls", client)).last().isEqualTo("=0");
        }
        assertThat(answer("ls")).last().isEqualTo("=0");
    }

    @Test
    @Timeout(120)
    void disconnectsSilentClients() throws Exception {
        socket.close();
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Duration.ofMillis(200), user -> true,
                Health.none());
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
        }
        // whoever is too slow with his own command is silent as well
        Waiting.until("an answer", () -> answer("ls").getLast().equals("=0"));
        for (SocketChannel client : silent) {
            client.close();
        }
    }

    @Test
    void refusesOtherUsers() throws IOException {
        socket.close();
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Duration.ofSeconds(10), user -> false,
                Health.none());
        assertThat(answer("stop\tkube-proxy")).containsExactly("!only root may use the console", "=1");
    }

    private Path path() {
        return dir.resolve("console.sock");
    }

    private List<String> answer(String command) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            return answer(command, channel);
        }
    }

    private static List<String> answer(String command, SocketChannel channel) throws IOException {
        channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
        return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).lines().toList();
    }
}
