package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsplugins.ClientShares;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.NoDescriptors;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Unexpected failures of the socket threads.
@Timeout(120)
class ListenersTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int ANSWER_MILLIS = 200;
    private static final int MOST_ASKED = 150;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private Listeners listeners;
    private volatile Instant now = Instant.parse("2026-11-22T06:00:00Z");

    @BeforeEach
    void listen() throws IOException {
        Responder responder = TestServer.withCluster().useCluster().responder;
        Listeners.At at = new Listeners.At(new InetSocketAddress(HERE, FreePort.next()), 53);
        listeners = new Listeners(at, responder, client -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("nobody expected this");
            }
            return true;
        }, () -> now, new ReportedHealth());
    }

    @AfterEach
    void close() {
        listeners.close();
    }

    @Test
    void udpRecoversAndReportsTheFailure() throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(ANSWER_MILLIS);
            boolean answered = false;
            for (int asked = 0; asked < MOST_ASKED && !answered; asked++) {
                answered = answered(client);
            }
            assertThat(answered).isTrue();
        }
        assertThat(told).containsExactly("dns-udp-127.0.0.1 STOPPED java.lang.IllegalStateException");
    }

    private boolean answered(DatagramSocket client) throws IOException {
        byte[] question = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
        client.send(new DatagramPacket(question, question.length, HERE, listeners.port()));
        try {
            client.receive(new DatagramPacket(new byte[512], 512));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void tcpRecoversAndReportsTheFailure() throws IOException {
        try (Socket first = new Socket(HERE, listeners.port())) {
            assertThat(first.getInputStream().read()).as("the one that met the failure").isEqualTo(-1);
        }
        try (Socket second = new Socket(HERE, listeners.port())) {
            second.getOutputStream().write(new byte[] {0, 19, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0,
                    1});
            assertThat(second.getInputStream().read()).isNotNegative();
        }
        assertThat(told).containsExactly("dns-tcp-127.0.0.1 STOPPED java.lang.IllegalStateException");
    }

    @Test
    void answersOverBothTransports() throws IOException {
        broken.set(false);
        byte[] query = TestServer.query("web.default.svc.cluster.local", RecordType.A, 0x0100, new byte[0]);
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(30_000);
            client.send(new DatagramPacket(query, query.length, HERE, listeners.port()));
            DatagramPacket response = new DatagramPacket(new byte[512], 512);
            client.receive(response);
            assertThat(DnsMessageReader.read(Arrays.copyOf(response.getData(), response.getLength()), "").records())
                    .hasSize(1);
        }
        try (Socket client = new Socket(HERE, listeners.port())) {
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            for (int i = 0; i < 3; i++) {
                out.writeShort(query.length);
                out.write(query);
                DataInputStream in = new DataInputStream(client.getInputStream());
                byte[] response = new byte[in.readUnsignedShort()];
                in.readFully(response);
                assertThat(DnsMessageReader.read(response, "").records()).hasSize(1);
            }
        }
    }

    /// One client sends without reading; another one is answered meanwhile. How often depends on the machine: the
    /// socket's buffer is everybody's, and full while this process waits for a core. With a core for each, as the full
    /// run has, it is most of the time.
    @Test
    void aFloodOfOneClientLeavesRoomForOthers() throws Exception {
        broken.set(false);
        byte[] query = TestServer.query("web.default.svc.cluster.local", RecordType.A, 0x0100, new byte[0]);
        AtomicBoolean over = new AtomicBoolean();
        Thread flood = Thread.ofPlatform().daemon().start(() -> {
            try (DatagramSocket loud = new DatagramSocket(new InetSocketAddress("127.0.0.2", 0))) {
                while (!over.get()) {
                    loud.send(new DatagramPacket(query, query.length, HERE, listeners.port()));
                }
            } catch (IOException e) {
                over.set(true);
            }
        });
        boolean full = Boolean.getBoolean("k3j.full");
        int enough = full ? 45 : 25;
        int most = full ? 50 : 500;
        int answered = 0;
        try (DatagramSocket quiet = new DatagramSocket(new InetSocketAddress("127.0.0.3", 0))) {
            quiet.setSoTimeout(full ? 2000 : ANSWER_MILLIS);
            for (int i = 0; i < most && answered < enough; i++) {
                quiet.send(new DatagramPacket(query, query.length, HERE, listeners.port()));
                try {
                    quiet.receive(new DatagramPacket(new byte[512], 512));
                    answered++;
                } catch (SocketTimeoutException e) {
                    // lost in the socket's buffer
                }
            }
        }
        over.set(true);
        flood.join();
        assertThat(answered).isEqualTo(enough);
    }

    @Test
    void closesIdleConnections() throws IOException {
        broken.set(false);
        Socket[] idle = new Socket[TcpConnections.MOST_PER_CLIENT];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new Socket(HERE, listeners.port());
            idle[i].getOutputStream().write(0);
        }
        try (Socket more = new Socket(HERE, listeners.port())) {
            assertThat(more.getInputStream().read()).as("one too many").isEqualTo(-1);
        }
        now = now.plus(TcpConnections.PATIENCE).plusSeconds(1);
        for (Socket s : idle) {
            assertThat(ended(s)).isTrue();
            s.close();
        }
    }

    /// Waits for the end, which is a reset where the server had not read the byte yet.
    private static boolean ended(Socket s) throws IOException {
        try {
            return s.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void acceptsNoConnectionAfterClose() {
        TcpConnections connections = new TcpConnections(() -> now, Health.none(), "dns-late");
        connections.close();
        Socket late = new Socket() {
            @Override
            public InetAddress getInetAddress() {
                return HERE;
            }
        };
        assertThat(connections.begin(late)).isFalse();
    }

    @Test
    void pausesWithoutBusyLoopWhileThereIsNoDescriptor() throws Exception {
        broken.set(false);
        try (SocketChannel client = SocketChannel.open()) {
            try (NoDescriptors _ = NoDescriptors.begin()) {
                client.connect(new InetSocketAddress(HERE, listeners.port()));
                assertThat(NoDescriptors.percent(1000)).isLessThan(50);
            }
            byte[] question = TestServer.query("web.default.svc.cluster.local", RecordType.A, 0, new byte[0]);
            client.write(ByteBuffer.allocate(2 + question.length).putShort((short) question.length).put(question)
                    .flip());
            ByteBuffer answer = ByteBuffer.allocate(4);
            while (answer.hasRemaining()) {
                assertThat(client.read(answer)).isPositive();
            }
            assertThat(answer.getShort(2)).isEqualTo((short) 77);
        }
    }

    @Test
    void oneClientCannotExceedItsShare() {
        InetAddress a = InetAddress.ofLiteral("10.42.0.2");
        InetAddress b = InetAddress.ofLiteral("10.42.0.3");
        ClientShares shares = new ClientShares(3, 2);
        assertThat(shares.take(a)).isTrue();
        assertThat(shares.take(a)).isTrue();
        assertThat(shares.take(a)).isFalse();
        assertThat(shares.take(b)).isTrue();
        assertThat(shares.take(b)).isFalse();
        shares.release(a);
        assertThat(shares.take(b)).isTrue();
    }

    private final class ReportedHealth implements Health {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    told.add(component + " " + level + " " + message.replaceAll("ended by ([^,]*),.*", "$1"));
                }

                @Override
                public void close() {
                    // reports are kept
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    }
}
