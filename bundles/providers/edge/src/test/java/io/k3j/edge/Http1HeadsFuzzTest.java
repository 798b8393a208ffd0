package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What a client sends is requests of HTTP/1.1 with a head that endpoints can be asked by, or is refused.
public class Http1HeadsFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            EmbeddedChannel channel = new EmbeddedChannel(new HttpServerCodec(
                    new HttpDecoderConfig().setMaxInitialLineLength(Limits.LINE_BYTES)
                            .setMaxHeaderSize(Limits.HEADER_BYTES).setMaxChunkSize(Limits.STREAM_WINDOW)));
            channel.writeInbound(Unpooled.wrappedBuffer(input));
            for (HttpObject o = channel.readInbound(); o != null; o = channel.readInbound()) {
                if (o instanceof HttpRequest request && o.decoderResult().isSuccess()) {
                    look(request);
                }
                ReferenceCountUtil.release(o);
            }
            channel.finishAndReleaseAll();
        }, DecoderException.class);
    }

    private static void look(HttpRequest request) {
        RequestHead head = Http1Heads.head(request);
        if (head != null) {
            assertThat(head.path()).startsWith("/").doesNotContain("?", "\r", "\n");
            head.query();
            head.headers();
            head.announced();
            Http1Heads.answering(request);
        }
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(Http1HeadsFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "GET /api/v1/pods?limit=5 HTTP/1.1\r\nHost: a:6443\r\nAuthorization: Bearer x\r\n\r\n",
                "POST https://a/api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}"
                        + "GET / HTTP/1.0\r\n\r\n",
                "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
                        + "2;x=y\r\n{}\r\n0\r\nt: u\r\n\r\n",
                "CONNECT a:1 HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    }
}
