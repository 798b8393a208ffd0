package io.k3j.kubeletclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    private static String body(String answer) throws IOException {
        InputStream in = new ByteArrayInputStream(answer.getBytes(StandardCharsets.ISO_8859_1));
        return new String(ResponseHead.read(in).body(in, "GET").readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5\r\n\r\nhello, and more", "\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n03 \r\nllo\r\n0\r\nTrailer: 1\r\n\r\nmore"})
    void theBodyEndsWhereTheAnswerSays(String rest) throws IOException {
        assertThat(body("HTTP/1.1 200 OK\r\n" + rest)).isEqualTo("hello");
    }

    /// Whoever passes a body on must be able to tell a broken one by one sort of exception.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: -5\r\n\r\nhello", "Content-Length: x\r\n\r\nhello",
            "Content-Length: 99999999999999999999\r\n\r\nhello", "Content-Length: 6\r\n\r\nhello",
            "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello", "Transfer-Encoding: chunked\r\n\r\n\r\n"})
    void aLengthThatIsNoneIsAnIoException(String rest) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> body("HTTP/1.1 200 OK\r\n" + rest));
    }

    @Test
    void anEmptyAnswerHasNoBody() throws IOException {
        assertThat(body("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\nmore")).isEmpty();
    }
}
