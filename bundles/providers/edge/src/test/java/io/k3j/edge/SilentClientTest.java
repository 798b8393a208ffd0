package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that read nothing or send nothing are closed after a bounded time.
@Timeout(360)
class SilentClientTest {
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LATE = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(50);
    /// After so many looks at a response that takes nothing it is reset; its socket has to be full by then.
    private static final int SLOW_LOOKS = 20;
    /// Longer than that.
    private static final Duration FULL = Duration.ofSeconds(2);
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int INTERNAL_ERROR = 2;
    private static final int WINDOW = Integer.MAX_VALUE - 65_535;
    private static final byte[] PIECE = new byte[64 * 1024];
    private static final int MANY = 1024;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /// Offers data until the client has been too slow for too long, then resets the stream, as the API server does
    /// with watches.
    private void offers(Exchange exchange) throws IOException {
        ResponseStream stream = exchange.stream(200, Map.of());
        for (int refused = 0; refused < SLOW_LOOKS; refused++) {
            if (stream.offer(1 << 20, PIECE)) {
                refused = 0;
            } else {
                moment();
            }
        }
        stream.abort();
        ended.countDown();
    }

    private void moment() throws IOException {
        try {
            ended.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    /// Sends nothing, like a watch of an object that does not change.
    private void holds(Exchange exchange) throws IOException {
        exchange.onEnd(ended::countDown);
        exchange.stream(200, Map.of()).offer(0, "first".getBytes(UTF_8));
        begun.countDown();
    }

    private static RawClient withWindows(TestPort port) throws IOException {
        RawClient client = RawClient.http2(port);
        client.frame(RawClient.SETTINGS, 0, 0, new byte[] {0, 4, 127, -1, -1, -1});
        client.frame(RawClient.WINDOW_UPDATE, 0, 0, number(WINDOW));
        return client;
    }

    private static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    @Test
    void closesAnHttp2ConnectionThatIsNeverRead() throws Exception {
        try (TestPort port = TestPort.start(new Patience(FULL, LATE, LATE, LATE, LOOK, LATE))) {
            port.serve("/", this::offers);
            try (RawClient client = withWindows(port)) {
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET);
                assertThat(ended.await(60, TimeUnit.SECONDS)).as("cut off").isTrue();
                assertThat(client.refused()).as("ended").isTrue();
            }
        }
    }

    @Test
    void closesAnHttp1ConnectionThatIsNeverRead() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, SOON, LATE, LATE, LOOK, LATE))) {
            port.serve("/", exchange -> {
                exchange.onEnd(ended::countDown);
                ResponseStream stream = exchange.stream(200, Map.of());
                while (stream.open()) {
                    stream.write(PIECE);
                }
            });
            try (RawClient client = new RawClient(port, "http/1.1")) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(ended.await(60, TimeUnit.SECONDS)).as("cut off").isTrue();
                assertThat(client.refused()).as("ended").isTrue();
            }
        }
    }

    @Test
    void resetsOnlyTheStreamWhoseWindowStaysClosed() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, SOON, LATE, LATE, LOOK, LATE))) {
            port.serve("/held", this::holds);
            port.serve("/", exchange -> exchange.stream(200, Map.of()).offer(0, PIECE, PIECE));
            try (RawClient client = RawClient.http2(port)) {
                client.frame(RawClient.WINDOW_UPDATE, 0, 0, number(WINDOW));
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET_HELD);
                assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 3, RawClient.GET);
                int[] reset = client.next(RawClient.RST_STREAM);
                assertThat(reset[2]).as("stream").isEqualTo(3);
                assertThat(reset[4]).as("code").isEqualTo(INTERNAL_ERROR);
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 5, RawClient.GET);
                assertThat(client.next(RawClient.HEADERS)[2]).as("answered afterwards").isEqualTo(5);
                assertThat(ended.getCount()).as("the other goes on").isOne();
            }
        }
    }

    @Test
    void waitsForAClientThatMayPause() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, SOON, LATE, LATE, LOOK, LATE))) {
            port.serve("/held", exchange -> {
                exchange.mayPause();
                exchange.stream(200, Map.of()).write(PIECE, PIECE, "end".getBytes(UTF_8));
                exchange.onEnd(ended::countDown);
            });
            port.serve("/", exchange -> exchange.stream(200, Map.of()).offer(0, PIECE, PIECE));
            try (RawClient client = RawClient.http2(port)) {
                client.frame(RawClient.WINDOW_UPDATE, 0, 0, number(WINDOW));
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET_HELD);
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 3, RawClient.GET);
                assertThat(client.next(RawClient.RST_STREAM)[2]).as("the other").isEqualTo(3);
                client.frame(RawClient.WINDOW_UPDATE, 0, 1, number(1 << 20));
                assertThat(client.next(RawClient.DATA)[2]).as("goes on").isEqualTo(1);
            }
        }
    }

    @Test
    void waitsForAClientThatMayPauseOverHttp1() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, SOON, LATE, LATE, LOOK, LATE))) {
            port.serve("/", exchange -> {
                exchange.mayPause();
                try (ResponseStream stream = exchange.stream(200, Map.of())) {
                    for (int piece = 0; piece < MANY; piece++) {
                        stream.write(PIECE);
                    }
                }
                ended.countDown();
            });
            try (RawClient client = new RawClient(port, "http/1.1")) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                // the edge checks every second
                assertThat(ended.await(3, TimeUnit.SECONDS)).as("held up by its client").isFalse();
                assertThat(client.in().readNBytes(MANY * PIECE.length)).hasSize(MANY * PIECE.length);
            }
        }
    }

    @Test
    void resetsAnUnreadShortResponse() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, SOON, LATE, LATE, LOOK, LATE))) {
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
            try (RawClient client = RawClient.http2(port)) {
                client.frame(RawClient.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET);
                assertThat(client.next(RawClient.RST_STREAM)[2]).isEqualTo(1);
            }
        }
    }

    @Test
    void pingsASilentClientAndClosesWithoutAnAnswer() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, LATE, SOON, SOON, LOOK, LATE))) {
            port.serve("/", this::holds);
            try (RawClient client = withWindows(port)) {
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET);
                assertThat(client.next(RawClient.PING)[1]).as("no answer but a question").isZero();
                assertThat(client.ends()).isTrue();
                assertThat(ended.await(60, TimeUnit.SECONDS)).as("its stream is over").isTrue();
            }
        }
    }

    @Test
    void keepsASilentClientThatAnswersPings() throws Exception {
        try (TestPort port = TestPort.start(new Patience(LATE, LATE, SOON, LATE, LOOK, LATE))) {
            port.serve("/", this::holds);
            try (RawClient client = withWindows(port)) {
                client.frame(RawClient.HEADERS, END_STREAM | END_HEADERS, 1, RawClient.GET);
                assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
                for (int asked = 0; asked < 3; asked++) {
                    assertThat(client.next(RawClient.PING)).isNotNull();
                    client.frame(RawClient.PING, ACK, 0, new byte[8]);
                }
                assertThat(ended.getCount()).as("its stream goes on").isOne();
            }
        }
    }
}
