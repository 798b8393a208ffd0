package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletclient.KubeletAddress;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerClientTest {
    private final ManualClock clock = new ManualClock();

    private static PeerSet only(ServerSocket socket) {
        return new PeerSet() {
            @Override
            public Set<String> names() {
                return Set.of("a");
            }

            @Override
            public TcpChannel open(String node) throws IOException {
                Socket client = new Socket(socket.getInetAddress(), socket.getLocalPort());
                return new TcpChannel(client, client.getInputStream(), client.getOutputStream());
            }
        };
    }

    @Test
    void whoSaysNothingIsLeftAloneForAWhile() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                PeerClient client = new PeerClient(only(silent), clock, Duration.ofMillis(100))) {
            assertThatThrownBy(() -> client.ask("a", PeerClient.Request.get("/"))).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> client.ask("a", PeerClient.Request.get("/"))).hasMessage("a is not asked now");
            clock.advance(Duration.ofSeconds(31));
            assertThatThrownBy(() -> client.ask("a", PeerClient.Request.get("/"))).isInstanceOf(IOException.class)
                    .hasMessageNotContaining("not asked");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 \r\ncontent-length: x\r\n\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 x\r\n\r\n", ""})
    void whatIsNoAnswerIsAFailure(String answer) throws IOException {
        try (TestCluster cluster = new TestCluster();
                PeerClient client = new PeerClient(cluster.peers("b"), clock, Duration.ofMinutes(1))) {
            cluster.add("a", new TestEndpoint());
            cluster.instead.put("a", answer);
            assertThatThrownBy(() -> client.ask("a", PeerClient.Request.get("/"))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aBodyThatEndsEarlyIsAFailure() throws IOException {
        try (TestCluster cluster = new TestCluster();
                PeerClient client = new PeerClient(cluster.peers("b"), clock, Duration.ofMinutes(1))) {
            cluster.add("a", new TestEndpoint());
            cluster.instead.put("a", "HTTP/1.1 200 \r\ncontent-length: 10\r\n\r\nshort");
            try (PeerClient.Reply reply = client.ask("a", PeerClient.Request.get("/"))) {
                assertThat(reply.head().status()).isEqualTo(200);
                assertThatThrownBy(() -> reply.body().readAllBytes()).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void afterTheEndNobodyIsAsked() {
        PeerClient client = new PeerClient(new TestCluster().peers("b"), clock, Duration.ofMinutes(1));
        client.close();
        assertThatThrownBy(() -> client.ask("a", PeerClient.Request.get("/"))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1", "224.0.0.1", "node.example",
                    "localhost", "::ffff:127.0.0.1"})
    void anAddressThatNoNodeHasIsNotDialled(String host) {
        assertThatThrownBy(() -> NodePeers.address(new KubeletAddress(host, 10250))).isInstanceOf(IOException.class);
    }

    @Test
    void anAddressOfANodeIsDialled() throws IOException {
        assertThat(NodePeers.address(new KubeletAddress("10.0.0.7", 10250)).getPort()).isEqualTo(10250);
        assertThat(NodePeers.address(new KubeletAddress("fd00::7", 1)).getAddress().getHostAddress()).contains("fd00");
    }

    @Test
    void whereANodeIsIsReadOfWhatIsKeptOfIt() {
        Obj node = Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n2"), "status",
                Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "10.0.0.7"),
                        Struct.of("type", "ExternalIP", "address", "198.51.100.7")), "daemonEndpoints",
                        Struct.of("kubeletEndpoint", Struct.of("Port", 10251)), "images",
                        Seq.of(Struct.of("sizeBytes", 1)))));
        Obj kept = NodePeers.FIELDS.of(node);
        assertThat(KubeletAddress.of(kept, false)).contains(new KubeletAddress("10.0.0.7", 10251));
        assertThat(KubeletAddress.of(kept, true)).contains(new KubeletAddress("198.51.100.7", 10251));
        assertThat(kept.status().names()).containsExactly("addresses", "daemonEndpoints");
    }
}
