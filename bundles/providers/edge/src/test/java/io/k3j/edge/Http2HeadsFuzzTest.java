package io.k3j.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A header block of a client is a request's head that endpoints can be asked by, or is refused.
public class Http2HeadsFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, Limits.HEADER_BYTES);
            RequestHead head = Http2Heads.head(decoder.decodeHeaders(1, Unpooled.wrappedBuffer(input)));
            if (head != null) {
                assertThat(head.path()).startsWith("/");
                head.query();
                head.headers();
                head.announced();
            }
        }, Http2Exception.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(Http2HeadsFuzzTest::fuzzerTestOneInput, Fuzzing.hex("82 87 84 41 01 61 40 01 78 01 79",
                "82 87 04 05 2f 61 3f 62 63 01 06 61 3a 36 34 34 33 5c 01 35", "3f e1 1f 83 84 87 be bf",
                "82 84 87 66 84 b9 58 d3 3f"));
    }
}
