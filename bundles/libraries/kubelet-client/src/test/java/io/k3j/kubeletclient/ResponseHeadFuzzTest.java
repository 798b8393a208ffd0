package io.k3j.kubeletclient;

import io.k3j.testkitbase.Fuzzing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/// The answer of a kubelet, or of whoever stands where one should, is read with its body, or is refused.
public class ResponseHeadFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            InputStream in = new ByteArrayInputStream(input);
            ResponseHead head = ResponseHead.read(in);
            head.isHtml("gzip");
            head.body(in, "GET").readAllBytes();
        }, IOException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(ResponseHeadFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\n",
                "HTTP/1.0 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\nabc", "HTTP/1.1 304\r\n\r\n"));
    }
}
