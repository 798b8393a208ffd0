package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.streaming.TunnelFrame.Kind;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The tunnel's frames, and both of its ends over real sockets.
@Timeout(120)
class TunnelTest {
    private static final int MANY = 3 * TunnelConnection.PAUSE_ABOVE;
    /// So many do not have room in that, even if each has only what it takes to be paused.
    private static final int SCARCE = 2 << 20;
    private static final int CONNECTIONS = 2 * SCARCE / TunnelConnection.PAUSE_ABOVE_WHEN_SCARCE;
    private final UnreadBudget plenty = new UnreadBudget(1 << 30);
    private final UnreadBudget scarce = new UnreadBudget(8 * SCARCE);
    private final AtomicInteger sent = new AtomicInteger();
    private ServerSocket listening;
    private TunnelSession server;
    private TunnelSession agent;
    private Socket near;

    @BeforeEach
    void connect() throws IOException {
        connect(plenty);
    }

    private void connect(UnreadBudget ofServer) throws IOException {
        listening = new ServerSocket(0, CONNECTIONS, InetAddress.getLoopbackAddress());
        near = new Socket();
        // little is under way when one end asks the other to pause
        near.setReceiveBufferSize(1 << 16);
        near.connect(listening.getLocalSocketAddress());
        Socket far = listening.accept();
        far.setSendBufferSize(1 << 16);
        server = TunnelSession.ofServer(new WebSocket(near.getInputStream(), near.getOutputStream()),
                TunnelTiming.K3S, ofServer, new Random(1));
        agent = TunnelSession.ofAgent(
                WebSocket.ofClient(far.getInputStream(), far.getOutputStream(), new Random(2)), this::kubelet,
                new TunnelTiming(Duration.ofMillis(20), Duration.ofSeconds(60), Duration.ofMillis(250)), plenty,
                new Random(3));
        serve(server);
        serve(agent);
    }

    @AfterEach
    void disconnect() throws IOException {
        server.close();
        agent.close();
        listening.close();
    }

    private static void serve(TunnelSession session) {
        Thread.startVirtualThread(() -> {
            try {
                session.serve();
            } catch (IOException ended) {
                // as it should
            }
        });
    }

    /// What answers behind the agent: an echo, a spring, or nothing.
    private Socket kubelet(String protocol, String address) throws IOException {
        if (address.equals("10.0.0.1:22")) {
            throw new IOException("connect not allowed");
        }
        Socket ours = new Socket(listening.getInetAddress(), listening.getLocalPort());
        Socket theirs = listening.accept();
        Thread.startVirtualThread(() -> {
            try (theirs) {
                if (address.endsWith(":1")) {
                    pour(theirs);
                } else {
                    theirs.getInputStream().transferTo(theirs.getOutputStream());
                }
            } catch (IOException ended) {
                // the other end has closed
            }
        });
        return ours;
    }

    private void pour(Socket to) throws IOException {
        byte[] part = new byte[1 << 14];
        for (int i = 0; i < MANY; i += part.length) {
            to.getOutputStream().write(part);
            sent.addAndGet(part.length);
        }
    }

    @Test
    void writesTheFramesOfRemotedialer() throws IOException {
        TunnelFrame connect = TunnelFrame.of(1, 2, Kind.CONNECT, "tcp/127.0.0.1:10250");
        // zig-zag: 1, 2, 2, 15000
        assertThat(connect.encode()).startsWith(2, 4, 4, 0xb0, 0xea, 0x01, 't', 'c', 'p', '/').hasSize(6 + 19);
        assertThat(TunnelFrame.of(-1, 300, Kind.ERROR, "EOF").encode()).containsExactly(1, 0xd8, 0x04, 6, 'E', 'O',
                'F');
        assertThat(TunnelFrame.sync(0, List.of(258L, 2L)).encode()).containsExactly(0, 0, 16, 2, 0, 0, 0, 0, 0, 0, 0,
                2, 1, 0, 0, 0, 0, 0, 0);
        assertThat(new TunnelFrame(0, 3, Kind.PAUSE, new byte[0]).encode()).containsExactly(0, 6, 12);
    }

    @Test
    void readsBackWhatItWrites() throws IOException {
        for (long id : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            TunnelFrame read = TunnelFrame.parse(TunnelFrame.of(id, 7, Kind.DATA, "abc").encode());
            assertThat(read.id()).isEqualTo(id);
            assertThat(read.kind()).isEqualTo(Kind.DATA);
            assertThat(read.text()).isEqualTo("abc");
        }
        assertThat(TunnelFrame.parse(TunnelFrame.sync(1, List.of(9L, 4L)).encode()).connections())
                .containsExactly(4L, 9L);
        assertThat(TunnelFrame.parse(new byte[] {0, 0, 50}).kind()).isEqualTo(Kind.UNKNOWN);
        assertThatThrownBy(() -> TunnelFrame.parse(new byte[] {0, (byte) 0x80})).isInstanceOf(IOException.class);
    }

    @Test
    void carriesBytesBothWaysAndTheEnd() throws IOException {
        try (TunnelConnection connection = server.dial("tcp", "127.0.0.1:10250")) {
            connection.output().write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(connection.input().readNBytes(5)).asString().isEqualTo("hello");
        }
        try (TunnelConnection connection = server.dial("tcp", "127.0.0.1:1")) {
            assertThat(connection.input().readAllBytes()).hasSize(MANY);
        }
    }

    @Test
    void tellsTheDiallerWhyItWasRefused() throws IOException {
        TunnelConnection connection = server.dial("tcp", "10.0.0.1:22");
        assertThatThrownBy(() -> connection.input().read()).isInstanceOf(IOException.class)
                .hasMessage("connect not allowed");
        assertThat(server.open()).isTrue();
    }

    @Test
    void doesNotConnectForAnAgentThatAsks() throws IOException {
        TunnelConnection connection = agent.dial("tcp", "127.0.0.1:6443");
        assertThatThrownBy(() -> connection.input().read()).hasMessage("connect not allowed");
    }

    @Test
    void holdsBackOneConnectionNobodyReadsAndNoOther() throws Exception {
        TunnelConnection slow = server.dial("tcp", "127.0.0.1:1");
        Waiting.until("pause", () -> slow.input().available() > TunnelConnection.PAUSE_ABOVE);
        try (TunnelConnection other = server.dial("tcp", "127.0.0.1:2")) {
            other.output().write('x');
            assertThat(other.input().read()).isEqualTo('x');
        }
        assertThat(sent.get()).as("the source waits").isLessThan(MANY + 1);
        assertThat(slow.input().readAllBytes()).hasSize(MANY);
    }

    @Test
    void holdsNoMoreThanItsBudgetWhateverNobodyReads() throws Exception {
        disconnect();
        connect(scarce);
        // a message is taken before there is room made for it
        int bound = SCARCE + (64 << 10);
        List<TunnelConnection> all = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            all.add(server.dial("tcp", "127.0.0.1:1"));
            assertThat(scarce.held()).isLessThanOrEqualTo(bound);
        }
        for (TunnelConnection one : all) {
            Waiting.until("bytes or an end", () -> one.input().available() > 0 || !one.open());
            assertThat(unread(all)).isLessThanOrEqualTo(bound);
        }
        try (TunnelConnection other = server.dial("tcp", "127.0.0.1:2")) {
            other.output().write('x');
            assertThat(other.input().read()).as("the tunnel goes on").isEqualTo('x');
        }
        Waiting.until("one that is cut off", () -> !all.stream().allMatch(TunnelConnection::open));
        TunnelConnection cut = all.stream().filter(one -> !one.open()).findFirst().orElseThrow();
        assertThatThrownBy(() -> cut.input().read()).hasMessageContaining("not been read for longest");
        all.forEach(TunnelConnection::close);
        assertThat(scarce.held()).isZero();
    }

    /// What waits in all of them, summed up while none is cut off: else what came instead would be counted as well.
    private static long unread(List<TunnelConnection> all) {
        long open;
        long sum;
        do {
            open = all.stream().filter(TunnelConnection::open).count();
            sum = all.stream().mapToLong(TunnelTest::available).sum();
        } while (all.stream().filter(TunnelConnection::open).count() != open);
        return sum;
    }

    private static int available(TunnelConnection connection) {
        try {
            return connection.input().available();
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }

    /// A tunnel to an end that does what its test does.
    private TunnelSession to(Socket end, UnreadBudget budget) throws IOException {
        end.connect(listening.getLocalSocketAddress());
        Socket ours = listening.accept();
        TunnelSession session = TunnelSession.ofServer(new WebSocket(ours.getInputStream(), ours.getOutputStream()),
                TunnelTiming.K3S, budget, new Random(4));
        serve(session);
        return session;
    }

    @Test
    void aTunnelThatHoldsTooMuchCostsNoOther() throws Exception {
        disconnect();
        connect(scarce);
        TunnelConnection quiet = server.dial("tcp", "127.0.0.1:2");
        quiet.output().write('x');
        Waiting.until("echo", () -> quiet.input().available() > 0);
        Socket full = new Socket();
        TunnelSession other = to(full, scarce);
        WebSocket out = WebSocket.ofClient(full.getInputStream(), full.getOutputStream(), new Random(5));
        List<TunnelConnection> all = new ArrayList<>();
        byte[] part = new byte[SCARCE / 64];
        for (int i = 0; i < 8; i++) {
            all.add(other.dial("tcp", "127.0.0.1:10250"));
            for (int came = 0; came < SCARCE / 4; came += part.length) {
                out.send(new TunnelFrame(i, all.getLast().id(), Kind.DATA, part).encode());
            }
        }
        Waiting.until("one that is cut off, and the last one's bytes",
                () -> !all.stream().allMatch(TunnelConnection::open) && available(all.getLast()) > 0);
        assertThat(quiet.input().read()).as("what waited longest, of another node").isEqualTo('x');
        other.close();
        full.close();
    }

    @Test
    void cutsOffAnEndThatDoesNotPause() throws Exception {
        Socket careless = new Socket();
        TunnelSession lonely = to(careless, plenty);
        WebSocket out = WebSocket.ofClient(careless.getInputStream(), careless.getOutputStream(), new Random(5));
        TunnelConnection connection = lonely.dial("tcp", "127.0.0.1:10250");
        byte[] part = new byte[1 << 16];
        for (int i = 0; i <= TunnelConnection.MAX_UNREAD + part.length; i += part.length) {
            out.send(new TunnelFrame(i, connection.id(), Kind.DATA, part).encode());
        }
        Waiting.until("end", () -> !connection.open());
        assertThatThrownBy(() -> connection.input().read()).hasMessageContaining("more than it was allowed to");
        assertThat(plenty.held()).isZero();
        lonely.close();
        careless.close();
    }

    @Test
    void forgetsWhatTwoListsOfTheAgentLeaveOut() throws IOException {
        TunnelConnection lost = server.dial("tcp", "127.0.0.1:2");
        lost.output().write('x');
        assertThat(lost.input().read()).isEqualTo('x');
        agent.forget(lost.id());
        assertThatThrownBy(() -> lost.input().read()).hasMessage("sync from client");
    }

    @Test
    void endsEverythingWhenTheOtherEndVanishes() throws IOException {
        TunnelConnection connection = server.dial("tcp", "127.0.0.1:2");
        near.close();
        assertThatThrownBy(() -> connection.input().read()).hasMessage("tunnel disconnect");
        assertThat(server.open()).isFalse();
        assertThatThrownBy(() -> server.dial("tcp", "127.0.0.1:2")).isInstanceOf(IOException.class);
    }

    @Test
    void endsASessionThatHasGoneSilent() throws Exception {
        Socket silent = new Socket(listening.getInetAddress(), listening.getLocalPort());
        Socket ours = listening.accept();
        TunnelSession lonely = TunnelSession.ofServer(new WebSocket(ours.getInputStream(), ours.getOutputStream()),
                new TunnelTiming(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(1)), plenty,
                new Random(4));
        CountDownLatch ended = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                lonely.serve();
            } catch (IOException closed) {
                // that is what we wait for
            } finally {
                ended.countDown();
            }
        });
        ended.await();
        assertThat(lonely.open()).isFalse();
        silent.close();
    }
}
