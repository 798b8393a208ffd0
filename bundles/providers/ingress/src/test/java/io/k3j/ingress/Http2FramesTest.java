package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.ingressresources.Endpoints;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 frame by frame, where what libraries make of it does not show the difference.
class Http2FramesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private RawHttp2 client(String settings) throws IOException {
        return new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), rig.web()), settings);
    }

    @Test
    void anAnswerToHeadEndsWithItsFields() throws IOException {
        try (RawHttp2 client = client("")) {
            client.send(RawHttp2.HEADERS, RawHttp2.WHOLE, 1, RawHttp2.fields("HEAD", "none.test"));
            assertThat(client.next(RawHttp2.HEADERS).endsStream()).isTrue();
        }
    }

    @Test
    void anEarlyAnswerIsNotTakenBack() throws IOException {
        try (RawHttp2 client = client("")) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.fields("POST", "none.test"));
            assertThat(client.next(RawHttp2.DATA).endsStream()).isTrue();
            // NO_ERROR; any other code would tell the client to forget the answer
            assertThat(client.next(RawHttp2.RST_STREAM).payload()).containsOnly(0);
        }
    }

    @Test
    void anAnswerThatIsNotTakenEndsItsStream() throws IOException {
        rig.to(rig.echo());
        // a window of nothing
        try (RawHttp2 client = client("000400000000")) {
            client.send(RawHttp2.HEADERS, RawHttp2.WHOLE, 1, RawHttp2.fields("GET", "a.test"));
            rig.metricsWith("protocol=\"http2\"} 1");
            rig.pass(IngressLimits.STALLED_SECONDS - 40);
            client.send(RawHttp2.HEADERS, RawHttp2.WHOLE, 3, RawHttp2.fields("HEAD", "a.test"));
            rig.metricsWith("method=\"HEAD\",protocol=\"http2\"} 1");
            rig.pass(IngressLimits.STALLED_SECONDS + 5);
            assertThat(client.next(RawHttp2.RST_STREAM).stream()).isEqualTo(1);
            rig.pass(IngressLimits.IDLE_SECONDS + 5);
            assertThatThrownBy(() -> client.next(RawHttp2.RST_STREAM)).isInstanceOf(EOFException.class);
        }
    }

    /// What is answered and not taken holds its stream, and a client has no more of them, whatever it acknowledges.
    @Test
    void whoTakesNoAnswersHasNoMoreOfThemThanStreams() throws IOException {
        try (RawHttp2 client = client("000400000000")) {
            for (int i = 0; i <= IngressLimits.STREAMS; i++) {
                client.send(RawHttp2.HEADERS, RawHttp2.WHOLE, 2 * i + 1, RawHttp2.fields("GET", "none.test"));
            }
            RawHttp2.Frame refused = client.next(RawHttp2.RST_STREAM);
            assertThat(refused.stream()).isEqualTo(2 * IngressLimits.STREAMS + 1);
            // REFUSED_STREAM
            assertThat(refused.payload()).containsExactly(0, 0, 0, 7);
        }
    }

    /// An endpoint that announces five bytes and sends none.
    private void announcing(boolean withFields) throws IOException {
        rig.to(Endpoints.Scheme.H2C, rig.scripted((in, out) -> {
            in.readNBytes(RawHttp2.PREFACE.length());
            RawHttp2.write(out, RawHttp2.SETTINGS, 0, 0, "");
            while (true) {
                int stream = RawHttp2.next(in, RawHttp2.HEADERS).stream();
                RawHttp2.write(out, RawHttp2.HEADERS, withFields ? RawHttp2.WHOLE : RawHttp2.END_HEADERS, stream,
                        "88 0f0d0135");
                if (!withFields) {
                    RawHttp2.write(out, RawHttp2.DATA, RawHttp2.END_STREAM, stream, "");
                }
            }
        }));
    }

    @Test
    void aBodyThatIsAnnouncedAndDoesNotComeIsABadGateway() throws IOException {
        announcing(true);
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 502").endsWith("Bad Gateway\n");
            assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n").rest())
                    .startsWith("HTTP/1.1 200").containsIgnoringCase("content-length: 5");
        }
    }

    @Test
    void nothingFollowsAnAnswerWhoseBodyDoesNotCome() throws IOException {
        announcing(false);
        try (RawHttp client = rig.client()) {
            // its head may have been sent; its connection ends
            assertThat(client.send(GET).rest()).matches("(?s)(HTTP/1.1 200 OK\r\n.*content-length: 5\r\n.*)?");
        }
    }
}
