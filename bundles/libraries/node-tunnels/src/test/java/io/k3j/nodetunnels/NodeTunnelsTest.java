package io.k3j.nodetunnels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.streaming.TunnelSession;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitedge.FakeExchange;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server's end of the tunnel against the very bytes a stock agent sends and expects.
@Timeout(120)
class NodeTunnelsTest {
    private static final Requester NODE = new Requester("system:node:node-2", List.of("system:nodes"));
    private final NodeTunnels tunnels = new NodeTunnels(new Random(7), 1 << 30);
    private final EgressDialer.Nodes nodes = node -> node.startsWith("server-");
    private final List<String> direct = new ArrayList<>();
    private ServerSocket listening;
    private Socket agent;
    private DataInputStream in;
    private OutputStream out;
    private Thread served;

    @BeforeEach
    void connect() throws Exception {
        connect(new FakeExchange("GET", "/v1-k3s/connect"), Duration.ofSeconds(60));
    }

    private void connect(FakeExchange plain, Duration patience) throws Exception {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        agent = new Socket(listening.getInetAddress(), listening.getLocalPort());
        agent.setSoTimeout(60_000);
        Socket server = listening.accept();
        in = new DataInputStream(agent.getInputStream());
        out = agent.getOutputStream();
        FakeExchange upgrade = plain.with("upgrade", "websocket").with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
                .upgraded(awaited(server));
        served = Thread.startVirtualThread(() -> {
            try {
                tunnels.answer(upgrade, NODE);
            } catch (IOException | Refusal ended) {
                // the test sees it at its own end
            }
        });
        assertThat(tunnels.of("node-2", patience)).isPresent();
        assertThat(upgrade.status()).isEqualTo(101);
        assertThat(upgrade.answer()).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @AfterEach
    void disconnect() throws Exception {
        agent.close();
        served.join();
        tunnels.close();
        listening.close();
    }

    /// Whoever closes its input goes on when the tunnel has ended for everybody.
    private ByteDuplex awaited(Socket socket) {
        InputStream input = new FilterInputStream(stream(socket::getInputStream)) {
            @Override
            public void close() throws IOException {
                super.close();
                try {
                    if (Thread.currentThread() != served) {
                        served.join();
                    }
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        ByteDuplex plain = duplex(socket);
        return new ByteDuplex() {
            @Override
            public InputStream input() {
                return input;
            }

            @Override
            public OutputStream output() {
                return plain.output();
            }

            @Override
            public void close() {
                plain.close();
            }
        };
    }

    static ByteDuplex duplex(Socket socket) {
        return new ByteDuplex() {
            @Override
            public InputStream input() {
                return stream(socket::getInputStream);
            }

            @Override
            public OutputStream output() {
                try {
                    return socket.getOutputStream();
                } catch (IOException closed) {
                    throw new java.io.UncheckedIOException(closed);
                }
            }

            @Override
            public void close() {
                try {
                    socket.close();
                } catch (IOException closed) {
                    throw new java.io.UncheckedIOException(closed);
                }
            }
        };
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    private static InputStream stream(Opening opening) {
        try {
            return opening.open();
        } catch (IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }

    private EgressDialer dialer(String mode) {
        return new EgressDialer(mode, "server-1", tunnels, nodes, (node, host, port) -> {
            direct.add(node + " " + host + ":" + port);
            return duplex(new Socket());
        });
    }

    /// A masked binary message, as gorilla's client sends it.
    private void send(byte[]... parts) throws IOException {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        out.write(new byte[] {(byte) 0x82, (byte) (0x80 | all.size()), 0, 0, 0, 0});
        out.write(all.toByteArray());
        out.flush();
    }

    /// An unmasked message of the server: its payload without the message id, which is random.
    private byte[] receive() throws IOException {
        assertThat(in.readUnsignedByte()).isEqualTo(0x82);
        byte[] message = in.readNBytes(in.readUnsignedByte());
        int at = 0;
        while (message[at] < 0) {
            at++;
        }
        return java.util.Arrays.copyOfRange(message, at + 1, message.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] head(int... bytes) {
        byte[] head = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            head[i] = (byte) bytes[i];
        }
        return head;
    }

    @Test
    void speaksWithAStockAgentByteForByte() throws Exception {
        ByteDuplex kubelet = dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250);
        // connection 2 (zig-zag 4), kind 2 (4), 15000 ms (b0 ea 01)
        byte[] connect = receive();
        assertThat(connect).startsWith(4, 4, 0xb0, 0xea, 0x01);
        assertThat(new String(connect, 5, connect.length - 5, StandardCharsets.UTF_8)).isEqualTo("tcp/127.0.0.1:10250");
        kubelet.output().write(bytes("GET /"));
        byte[] data = receive();
        assertThat(data).startsWith(4, 2, 0xb0, 0xea, 0x01).endsWith(bytes("GET /"));
        send(head(0x02, 4, 2, 0xb0, 0xea, 0x01), bytes("200 OK"));
        assertThat(kubelet.input().readNBytes(6)).isEqualTo(bytes("200 OK"));
        // the agent's end of the connection: ERROR "EOF"
        send(head(0x04, 4, 6), bytes("EOF"));
        assertThat(kubelet.input().read()).isEqualTo(-1);
        // ours
        ByteDuplex second = dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250);
        assertThat(receive()).startsWith(6, 4);
        second.close();
        assertThat(receive()).startsWith(6, 6).endsWith(bytes("EOF"));
    }

    @Test
    void aTunnelThatTakesItselfOutWhileAllEndIsNoFault() throws Exception {
        tunnels.close();
        assertThat(in.read()).isEqualTo(-1);
        assertThat(tunnels.of("node-2", Duration.ZERO)).isEmpty();
    }

    @Test
    void isOpenUntilItEnds() throws Exception {
        assertThat(tunnels.open("node-2")).isTrue();
        assertThat(tunnels.open("node-3")).isFalse();
        agent.close();
        served.join();
        assertThat(tunnels.open("node-2")).isFalse();
    }

    @Test
    void theFourthTunnelOfANodeEndsItsFirst() throws Exception {
        Socket second = further();
        Socket third = further();
        Socket fourth = further();
        assertThat(in.read()).as("the first").isEqualTo(-1);
        in = new DataInputStream(fourth.getInputStream());
        dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250);
        assertThat(receive()).as("the newest is used").endsWith(bytes("tcp/127.0.0.1:10250"));
        for (Socket older : List.of(second, third)) {
            older.setSoTimeout(1);
            assertThatThrownBy(() -> older.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            older.close();
        }
        fourth.close();
    }

    /// The agent's end of one more tunnel of the node, once that is its newest.
    private Socket further() throws Exception {
        TunnelSession before = tunnels.of("node-2", Duration.ZERO).orElseThrow();
        Socket theirs = new Socket(listening.getInetAddress(), listening.getLocalPort());
        theirs.setSoTimeout(60_000);
        FakeExchange upgrade = new FakeExchange("GET", "/v1-k3s/connect").with("upgrade", "websocket")
                .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").upgraded(duplex(listening.accept()));
        Thread.startVirtualThread(() -> {
            try {
                tunnels.answer(upgrade, NODE);
            } catch (IOException | Refusal ended) {
                // the test sees it at its own end
            }
        });
        Waiting.until("a newer tunnel", () -> tunnels.of("node-2", Duration.ZERO).orElseThrow() != before);
        return theirs;
    }

    @Test
    void anAgentThatNamesItsSilenceIsGivenUpAfterIt() throws Exception {
        AtomicReference<ByteDuplex> kubelet = new AtomicReference<>();
        // where the machine stalls for longer than the silence, the tunnel ends before it is used: then another one
        Waiting.until("dial within the silence", () -> {
            agent.close();
            served.join();
            listening.close();
            connect(new FakeExchange("GET", "/v1-k3s/connect").with("k3j-tunnel-silence", "1"), Duration.ofSeconds(5));
            kubelet.set(dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250));
            receive();
            return true;
        });
        // the patience of this socket is 60 s, those of a tunnel whose agent names no silence
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(() -> kubelet.get().input().read()).hasMessage("tunnel disconnect");
    }

    @Test
    void answersPingsPausesAndLists() throws Exception {
        ByteDuplex kubelet = dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250);
        receive();
        out.write(head(0x89, 0x80, 0, 0, 0, 0));
        out.flush();
        assertThat(in.readUnsignedShort()).as("an empty pong").isEqualTo(0x8a00);
        send(head(0x06, 4, 12));
        send(head(0x08, 4, 2, 0xb0, 0xea, 0x01), bytes("x"));
        assertThat(kubelet.input().read()).isEqualTo('x');
        Thread writer = Thread.startVirtualThread(() -> {
            try {
                kubelet.output().write('y');
            } catch (IOException ended) {
                // the test would miss its byte
            }
        });
        while (writer.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(1_000_000);
        }
        send(head(0x0a, 4, 14));
        assertThat(receive()).startsWith(4, 2, 0xb0, 0xea, 0x01).endsWith(bytes("y"));
        // two lists without connection 2
        send(head(0x0c, 0, 16));
        send(head(0x0e, 0, 16));
        assertThatThrownBy(() -> kubelet.input().read()).hasMessage("sync from client");
    }

    @Test
    void tellsADiallerWhatTheAgentSays() throws Exception {
        ByteDuplex kubelet = dialer("agent").dialKubelet("node-2", "192.0.2.9", 10_250);
        receive();
        send(head(0x04, 4, 6), bytes("dial tcp 127.0.0.1:10250: connection refused"));
        assertThatThrownBy(() -> kubelet.input().read()).hasMessageContaining("connection refused");
    }

    @Test
    void goesThroughTheTunnelAsTheModeSays() throws Exception {
        dialer("agent").dial("node-2", "10.42.1.5", 8080);
        dialer("disabled").dialKubelet("node-2", "192.0.2.9", 10_250);
        dialer("agent").dialKubelet("server-1", "127.0.0.1", 10_250);
        assertThat(direct).containsExactly("node-2 10.42.1.5:8080", "node-2 192.0.2.9:10250",
                "server-1 127.0.0.1:10250");
        dialer("cluster").dial("node-2", "10.42.1.5", 8080);
        assertThat(receive()).endsWith(bytes("tcp/10.42.1.5:8080"));
        dialer("pod").dial("node-2", "fd00::5", 10_250);
        assertThat(receive()).as("a pod's port").endsWith(bytes("tcp/[fd00::5]:10250"));
        dialer("cluster").dial("node-3", "10.42.2.5", 8080);
        assertThat(direct).hasSize(4).last().isEqualTo("node-3 10.42.2.5:8080");
        assertThatThrownBy(() -> dialer("agent").dialKubelet("node-3", "192.0.2.10", 10_250))
                .hasMessageContaining("no tunnel to node node-3");
    }

    @Test
    void wantsAWebSocket() {
        assertThatThrownBy(() -> tunnels.answer(new FakeExchange("GET", "/v1-k3s/connect"), NODE))
                .isInstanceOf(Refusal.class);
    }
}
