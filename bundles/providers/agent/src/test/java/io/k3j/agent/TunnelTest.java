package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.ClusterToken;
import io.k3j.streaming.UnreadBudget;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The agent's tunnel to a scripted stock server, whose frames are written byte by byte.
@Timeout(120)
class TunnelTest {
    private static final int BINARY = 0x82;
    private static final int PING = 0x89;
    private static final int PONG = 0x8a;
    @TempDir
    private Path dir;
    private StockServer server;
    private NodeFiles files;
    private ServerSocket kubelet;
    private AllowedTargets targets;
    private final Semaphore changed = new Semaphore(0);

    @BeforeEach
    void join() throws Exception {
        server = new StockServer();
        files = new NodeFiles(new AgentLayout(dir, dir.resolve("password")), new SecureRandom());
        new AgentJoin(TestSettings.of(server.url(), server.token()), ClusterToken.parse(server.token()),
                new AgentLayout(dir, dir.resolve("password")), files,
                new AgentJoin.Way(URI.create(server.url()), server.url(), config -> URI.create(server.url())))
                .join(Instant.now());
        kubelet = new ServerSocket(0, 5, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        targets = new AllowedTargets(kubelet.getLocalPort(), List.of(), List::of);
    }

    @AfterEach
    void stop() throws IOException {
        kubelet.close();
        server.close();
    }

    private Tunnel tunnel() {
        return new Tunnel(server.address(), files, targets, changed::release, InstantSource.system(),
                io.k3j.componentapi.Health.none(), new UnreadBudget(1 << 30));
    }

    private Peer connected() throws InterruptedException {
        StockServer.Tunnelled to = server.tunnels.poll(60, TimeUnit.SECONDS);
        assertThat(to).isNotNull();
        return new Peer(to);
    }

    /// A server's end of a tunnel. Pings are answered whatever the test waits for: a silent tunnel is given up.
    private static final class Peer {
        private final StockServer.Tunnelled to;
        private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        private volatile boolean masked = true;

        Peer(StockServer.Tunnelled to) {
            this.to = to;
            Thread.ofVirtual().start(() -> {
                try {
                    read(new DataInputStream(to.in()));
                } catch (IOException ended) {
                    // with the tunnel
                }
            });
        }

        private void read(DataInputStream in) throws IOException {
            while (true) {
                int kind = in.readUnsignedByte();
                int length = in.readUnsignedByte();
                if ((length & 0x80) == 0) {
                    masked = false;
                }
                length &= 0x7f;
                if (length == 126) {
                    length = in.readUnsignedShort();
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes(length);
                for (int i = 0; i < payload.length; i++) {
                    payload[i] ^= mask[i & 3];
                }
                if (kind == PING) {
                    write(PONG, payload);
                } else if (kind == BINARY) {
                    messages.add(payload);
                }
            }
        }

        /// Unmasked, as servers do.
        private synchronized void write(int kind, byte[] payload) throws IOException {
            to.out().write(kind);
            to.out().write(payload.length);
            to.out().write(payload);
            to.out().flush();
        }

        void send(byte[] message) throws IOException {
            write(BINARY, message);
        }

        /// The next binary message of the agent.
        byte[] receive() throws InterruptedException {
            byte[] message = messages.poll(60, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            assertThat(masked).as("a client's frames are masked").isTrue();
            return message;
        }

        void cut() throws IOException {
            to.socket().close();
        }
    }

    private static byte[] frame(String hex, String text) {
        byte[] head = HexFormat.of().parseHex(hex);
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    @Test
    void forwardsAConnectionToTheKubeletInRemotedialersFrames() throws Exception {
        try (Tunnel tunnel = tunnel()) {
            Peer to = connected();
            // id 1, connection 5, CONNECT 2, deadline 15000: zig-zag varints
            to.send(frame("020a04b0ea01", "tcp/127.0.0.1:" + kubelet.getLocalPort()));
            try (Socket arrived = kubelet.accept()) {
                // DATA 1
                to.send(frame("040a02b0ea01", "ping"));
                assertThat(arrived.getInputStream().readNBytes(4)).asString(StandardCharsets.US_ASCII)
                        .isEqualTo("ping");
                arrived.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
                byte[] answer = to.receive();
                String text = new String(answer, StandardCharsets.ISO_8859_1);
                assertThat(text).endsWith("pong");
                assertThat(HexFormat.of().formatHex(answer)).as("connection 5, DATA, deadline").contains("0a02b0ea01");
                assertThat(tunnel.health()).isEqualTo(TunnelHealth.OK);
            }
            byte[] end = to.receive();
            assertThat(new String(end, StandardCharsets.ISO_8859_1)).endsWith("EOF");
            assertThat(HexFormat.of().formatHex(end)).as("connection 5, ERROR").contains("0a06");
        }
    }

    @Test
    void refusesEveryOtherAddress() throws Exception {
        try (Tunnel tunnel = tunnel()) {
            Peer to = connected();
            to.send(frame("020a04b0ea01", "tcp/127.0.0.1:22"));
            assertThat(new String(to.receive(), StandardCharsets.ISO_8859_1)).endsWith("connect not allowed");
            assertThat(tunnel.health()).isEqualTo(TunnelHealth.OK);
        }
    }

    @Test
    void reconnectsAfterABreakAndReportsIt() throws Exception {
        try (Tunnel tunnel = tunnel()) {
            Peer to = connected();
            assertThat(changed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            to.cut();
            assertThat(changed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            connected();
            assertThat(changed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            assertThat(tunnel.health()).isEqualTo(TunnelHealth.OK);
        }
    }

    @Test
    void closesASilentTunnel() throws Exception {
        try (Tunnel tunnel = tunnel()) {
            assertThat(server.tunnels.poll(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(changed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            // the server answers no pings
            assertThat(changed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
            assertThat(tunnel.health()).isNotNull();
        }
    }
}
