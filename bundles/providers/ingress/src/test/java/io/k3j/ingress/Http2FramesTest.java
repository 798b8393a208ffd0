package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP/2 frame by frame, where what libraries make of it does not show the difference.
class Http2FramesTest {
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
}
