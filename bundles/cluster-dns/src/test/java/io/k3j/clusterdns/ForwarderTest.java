package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ForwarderTest {
    private static final int IN = 1;
    private static final int CHAOS = 3;
    private static final byte[] OPT = {0, 0, 41, 4, (byte) 0xD0, 0, 0, 0, 0, 0, 0};
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Instant now = Instant.parse("2026-11-22T06:00:00Z");
    private DatagramSocket resolver;
    private Forwarder forwarder;
    private volatile int life = 300;
    private volatile String says = "";

    @BeforeEach
    void begin() throws IOException {
        resolver = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::resolve);
        forwarder = new Forwarder(() -> List.of((InetSocketAddress) resolver.getLocalSocketAddress()), new Random(1),
                () -> now);
    }

    @AfterEach
    void end() {
        resolver.close();
    }

    /// Answers every question with one address: how often it was asked.
    private void resolve() {
        try {
            while (true) {
                DatagramPacket p = new DatagramPacket(new byte[600], 600);
                resolver.receive(p);
                byte[] q = Arrays.copyOf(p.getData(), p.getLength());
                int end = Wire.query(q).end();
                byte[] name = says.isEmpty() ? Arrays.copyOfRange(q, Wire.HEADER, end - 4) : Wire.encoded(says);
                ByteBuffer b = ByteBuffer.allocate(600).put(q, 0, 2).putShort((short) 0x8180).putShort((short) 1)
                        .putShort((short) 1).putInt(0).put(name).put(q, end - 4, 4).putShort((short) 0xC00C)
                        .putShort((short) Type.A).putShort((short) IN).putInt(life).putShort((short) 4)
                        .putInt(asked.incrementAndGet());
                resolver.send(new DatagramPacket(b.array(), b.position(), p.getSocketAddress()));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private static byte[] query(String name, int flags, int kind, byte[] opt) {
        byte[] encoded = Wire.encoded(name);
        return ByteBuffer.allocate(12 + encoded.length + 4 + opt.length).putShort((short) 77).putShort((short) flags)
                .putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) (opt.length > 0 ? 1 : 0))
                .put(encoded).putShort((short) Type.A).putShort((short) kind).put(opt).array();
    }

    private int ask(byte[] query) {
        return forwarder.ask(query, Wire.query(query), false, 512).map(m -> (int) m[m.length - 1]).orElse(-1);
    }

    @Test
    void neverAnswersOneQuestionWithTheAnswerToAnother() {
        byte[] plain = query("a.example", 0x0100, IN, new byte[0]);
        assertThat(ask(plain)).isEqualTo(1);
        assertThat(ask(plain)).isEqualTo(1);
        assertThat(ask(query("a.example", 0x0100, CHAOS, new byte[0]))).as("class").isEqualTo(2);
        assertThat(ask(query("a.example", 0, IN, new byte[0]))).as("RD").isEqualTo(3);
        assertThat(ask(query("a.example", 0x0110, IN, new byte[0]))).as("CD").isEqualTo(4);
        assertThat(ask(query("a.example", 0x0100, IN, OPT))).as("EDNS").isEqualTo(5);
        byte[] signed = OPT.clone();
        signed[7] = (byte) 0x80;
        assertThat(ask(query("a.example", 0x0100, IN, signed))).as("DO").isEqualTo(6);
        assertThat(ask(query("a.example", 0x0100, IN, signed))).isEqualTo(6);
        assertThat(ask(plain)).isEqualTo(1);
    }

    @Test
    void keepsAnAnswerAsLongAsItLivesAndTellsItsAge() {
        byte[] q = query("a.example", 0x0100, IN, new byte[0]);
        life = 10;
        assertThat(ask(q)).isEqualTo(1);
        now = now.plusSeconds(4);
        byte[] aged = forwarder.ask(q, Wire.query(q), false, 512).orElseThrow();
        assertThat(TimesToLive.least(aged)).isEqualTo(6);
        now = now.plusSeconds(6);
        life = 300;
        assertThat(ask(q)).isEqualTo(2);
        now = now.plusSeconds(29);
        assertThat(ask(q)).isEqualTo(2);
        now = now.plusSeconds(1);
        life = 0;
        assertThat(ask(q)).isEqualTo(3);
        assertThat(ask(q)).isEqualTo(4);
    }

    @Test
    void takesNoAnswerToAnotherQuestion() {
        says = "b.example";
        assertThat(ask(query("a.example", 0x0100, IN, new byte[0]))).isEqualTo(-1);
    }

    @Test
    void readsNoTimeFromBrokenAnswers() {
        byte[] q = query("a.example", 0x0100, IN, new byte[0]);
        q[7] = 1;
        assertThat(TimesToLive.least(q)).isZero();
        assertThat(TimesToLive.least(new byte[Wire.HEADER])).isZero();
    }

    @Test
    void oneClientHasOnlyItsPart() throws IOException {
        InetAddress a = InetAddress.getByName("10.42.0.2");
        InetAddress b = InetAddress.getByName("10.42.0.3");
        Shares shares = new Shares(3, 2);
        assertThat(shares.take(a)).isTrue();
        assertThat(shares.take(a)).isTrue();
        assertThat(shares.take(a)).isFalse();
        assertThat(shares.take(b)).isTrue();
        assertThat(shares.take(b)).isFalse();
        shares.give(a);
        assertThat(shares.take(b)).isTrue();
    }

    @Test
    void takesNoConnectionInOnceClosed() {
        Connections connections = new Connections(() -> now, Health.none(), "dns-connections");
        connections.close();
        Socket late = new Socket() {
            @Override
            public InetAddress getInetAddress() {
                return InetAddress.getLoopbackAddress();
            }
        };
        assertThat(connections.begin(late)).isFalse();
    }

    @Test
    @Timeout(30)
    void endsConnectionsOfAClientThatAsksNothing() throws IOException {
        Responder nobody = new Responder(new Zone("cluster.local", new Picture(
                new io.k3j.controllerkit.LiveViews(Instant::now))), forwarder);
        try (Listeners l = new Listeners(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), nobody, c -> true,
                () -> now,
                Health.none())) {
            Socket[] idle = new Socket[Connections.MOST_PER_CLIENT];
            for (int i = 0; i < idle.length; i++) {
                idle[i] = new Socket(InetAddress.getLoopbackAddress(), l.port());
                idle[i].getOutputStream().write(0);
            }
            try (Socket more = new Socket(InetAddress.getLoopbackAddress(), l.port())) {
                assertThat(more.getInputStream().read()).as("one too many").isEqualTo(-1);
            }
            now = now.plus(Connections.PATIENCE).plusSeconds(1);
            for (Socket s : idle) {
                assertThat(s.getInputStream().read()).isEqualTo(-1);
                s.close();
            }
        }
    }
}
