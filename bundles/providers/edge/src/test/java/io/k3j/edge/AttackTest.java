package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that attack the server with protocol abuse lose their connection.
@Timeout(360)
class AttackTest {
    /// Who does not end what it began has ten seconds, and what a quiet machine needs besides.
    private static final int ENDED_MILLIS = Boolean.getBoolean("k3j.full") ? 13_000 : 30_000;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int ACK = 1;
    private static final int FRAME_BYTES = 16_384;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private TestPort port;

    @BeforeEach
    void start() throws Exception {
        port = TestPort.start();
        port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
    }

    @AfterEach
    void stop() {
        port.close();
    }

    private int flood(byte[] frame, int count) throws IOException {
        try (RawClient client = RawClient.http2(port)) {
            byte[] many = new byte[frame.length * 100];
            for (int i = 0; i < 100; i++) {
                System.arraycopy(frame, 0, many, i * frame.length, frame.length);
            }
            Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < count; i += 100) {
                        client.send(many);
                    }
                } catch (IOException cut) {
                    // expected
                }
            });
            return client.goAway();
        }
    }

    @Test
    void closesOnAPingFlood() throws Exception {
        assertThat(flood(RawClient.bytes(RawClient.PING, 0, 0, new byte[8]), 10_000)).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void closesOnASettingsFlood() throws Exception {
        assertThat(flood(RawClient.bytes(RawClient.SETTINGS, 0, 0, new byte[0]), 10_000)).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void closesOnAPriorityFlood() throws Exception {
        byte[] frame = RawClient.bytes(RawClient.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 15});
        assertThat(flood(frame, 10_000)).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void closesOnAFloodOfUnknownFrames() throws Exception {
        assertThat(flood(RawClient.bytes(0x77, 0, 0, new byte[0]), 10_000)).isNotEqualTo(-2);
    }

    /// So many are allowed each second that a machine that is busy may not come to more of one flood.
    @Test
    void closesOnAWindowUpdateFlood() throws Exception {
        byte[] frame = RawClient.bytes(RawClient.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
        int code = flood(frame, 400_000);
        for (int again = 0; again < 5 && code != ENHANCE_YOUR_CALM; again++) {
            code = flood(frame, 400_000);
        }
        assertThat(code).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void closesOnRapidReset() throws Exception {
        try (RawClient client = RawClient.http2(port)) {
            Thread.startVirtualThread(() -> {
                try {
                    for (int id = 1; id < 20_000; id += 2) {
                        client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, id, RawClient.GET);
                        client.frame(RawClient.RST_STREAM, 0, id, new byte[] {0, 0, 0, 8});
                    }
                } catch (IOException cut) {
                    // expected
                }
            });
            assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void closesOnAContinuationFlood() throws Exception {
        try (RawClient client = RawClient.http2(port)) {
            client.frame(RawClient.HEADERS, END_STREAM, 1, RawClient.GET);
            Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 10_000; i++) {
                        client.frame(RawClient.CONTINUATION, 0, 1, new byte[0]);
                    }
                } catch (IOException cut) {
                    // expected
                }
            });
            assertThat(client.goAway()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void closesOnAnEmptyDataFlood() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        port.serve("/slow", exchange -> exchange.onEnd(never::countDown));
        try (RawClient client = RawClient.http2(port)) {
            byte[] post = {(byte) 0x83, (byte) 0x87, (byte) 0x84, 0x41, 1, 'x'};
            client.frame(RawClient.HEADERS, END_HEADERS, 1, post);
            Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 10_000; i++) {
                        client.frame(RawClient.DATA, 0, 1, new byte[0]);
                    }
                } catch (IOException cut) {
                    // expected
                }
            });
            assertThat(client.goAway()).isNotEqualTo(-2);
        }
    }

    /// The client leaves no room for the answer, so that its stream stays.
    @Test
    void grantsNothingForABodyWhoseAnswerIsComplete() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        port.serve("/held", exchange -> {
            exchange.onEnd(answered::countDown);
            exchange.respond(200, Map.of(), "ok".getBytes(UTF_8));
        });
        try (RawClient client = RawClient.http2(port)) {
            client.frame(RawClient.SETTINGS, ACK, 0, new byte[0]);
            client.frame(RawClient.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            client.frame(RawClient.HEADERS, END_HEADERS, 1, RawClient.GET_HELD);
            assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
            for (int sent = 0; sent < Limits.STREAM_WINDOW; sent += FRAME_BYTES) {
                client.frame(RawClient.DATA, 0, 1, new byte[FRAME_BYTES]);
            }
            client.frame(RawClient.PING, 0, 0, new byte[8]);
            for (int[] frame = client.next(); frame[0] != RawClient.PING; frame = client.next()) {
                assertThat(frame[0] == RawClient.WINDOW_UPDATE && frame[2] == 1).as("granted more").isFalse();
            }
        }
    }

    @Test
    void refusesMoreStreamsThanItAllows() throws Exception {
        assertThat(atWorkOf(port, 300, 50)).isLessThanOrEqualTo(250);
    }

    @Test
    void anotherNumberOfStreamsIsTheLimit() throws Exception {
        try (TestPort other = TestPort.start("http2-max-streams-per-connection=20")) {
            assertThat(atWorkOf(other, 30, 10)).isLessThanOrEqualTo(20);
        }
    }

    /// How many requests are at work when some of a connection were refused.
    private static int atWorkOf(TestPort at, int sent, int wanted) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger atWork = new AtomicInteger();
        at.serve("/held", exchange -> {
            atWork.incrementAndGet();
            try {
                go.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        });
        try (RawClient client = RawClient.http2(at)) {
            for (int i = 0; i < sent; i++) {
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, RawClient.GET_HELD);
            }
            int refused = 0;
            while (refused < wanted) {
                int[] frame = client.next();
                refused += frame != null && frame[0] == RawClient.RST_STREAM && frame[4] == 7 ? 1 : 0;
            }
            return atWork.get();
        } finally {
            go.countDown();
        }
    }

    @Test
    void refusesTooManyHeaders() throws Exception {
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n" + "a: b\r\n".repeat(300) + "\r\n");
            assertThat(client.until("\r\n")).contains(" 400 ");
            assertThat(client.ends()).isTrue();
        }
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\na: " + "b".repeat(70_000) + "\r\n\r\n");
            assertThat(client.until("\r\n")).contains(" 431 ");
        }
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET /" + "b".repeat(40_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.until("\r\n")).contains(" 414 ");
        }
    }

    @Test
    void refusesAmbiguousRequests() throws Exception {
        for (String request : new String[] {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
                "\u0001\u0002\r\n\r\n"}) {
            try (RawClient client = new RawClient(port, "http/1.1")) {
                client.send(request);
                assertThat(client.until("\r\n")).as(request).contains(" 400 ");
            }
        }
    }

    @Test
    void closesOnAHeadThatDoesNotEnd() throws Exception {
        try (RawClient client = new RawClient(port, "http/1.1")) {
            long start = System.nanoTime();
            client.send("GET / HTTP/1.1\r\nHost: x\r\n");
            boolean atOnce = client.ends();
            assertThat(atOnce || client.ends()).as("ended, perhaps after an answer").isTrue();
            assertThat(System.nanoTime() - start).isLessThan(ENDED_MILLIS * 1_000_000L);
        }
    }

    @Test
    void closesOnAHandshakeThatDoesNotEnd() throws Exception {
        try (Socket socket = new Socket("localhost", port.number())) {
            socket.setSoTimeout(ENDED_MILLIS);
            socket.getOutputStream().write(new byte[] {22, 3, 1});
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void answersOtherClientsDuringAnAttack() throws Exception {
        for (int i = 0; i < 20; i++) {
            flood(RawClient.bytes(RawClient.PING, 0, 0, new byte[8]), 5_000);
        }
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.until("ok")).contains(" 200 ");
        }
    }
}
