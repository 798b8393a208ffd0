package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers that may be sent in one piece, and those that must not.
class SmallAnswersTest {
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

    /// An endpoint that answers every request with this, and goes on.
    private void answering(String answer) throws IOException {
        rig.to(rig.scripted((in, out) -> {
            while (true) {
                RawHttp.head(in);
                out.write(answer.getBytes(StandardCharsets.US_ASCII));
            }
        }));
    }

    private String twice(String request, int bytes) throws IOException {
        try (RawHttp client = rig.client()) {
            String first = client.send(request).bytes(bytes);
            assertThat(client.send(request).bytes(bytes)).isEqualTo(first);
            // nothing behind it
            return first + client.send("GET / HTTP/1.1\r\nHost: none.test\r\nConnection: close\r\n\r\n").rest()
                    .replaceFirst("(?s)^HTTP/1.1 404.*", "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 128, 129, 1000, 100_000})
    void bodiesOfAnyLengthArrive(int length) throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nX-A: b\r\ncontent-length: " + length + "\r\n\r\n" + "x".repeat(length);
        answering(answer);
        assertThat(twice(GET, answer.length())).isEqualTo(answer);
    }

    @Test
    void trailersAndChunksStay() throws IOException {
        String answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n";
        answering(answer);
        assertThat(twice(GET, answer.length())).isEqualTo(answer);
        String trailer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-t: 1\r\n\r\n";
        answering(trailer);
        assertThat(twice(GET, trailer.length())).isEqualTo(trailer);
        String empty = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
        answering(empty);
        assertThat(twice(GET, empty.length())).isEqualTo(empty);
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK\r\ncontent-length: 5", "404 Not Found\r\ncontent-length: 500"})
    void anAnswerToHeadKeepsItsFieldsAndHasNoBody(String head) throws IOException {
        String answer = "HTTP/1.1 " + head + "\r\n\r\n";
        answering(answer);
        assertThat(twice("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n", answer.length())).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified\r\netag: a", "304 Not Modified\r\ncontent-length: 5"})
    void answersThatNeverHaveABodyHaveNone(String head) throws IOException {
        String answer = "HTTP/1.1 " + head + "\r\n\r\n";
        answering(answer);
        assertThat(twice(GET, answer.length())).isEqualTo(answer);
    }

    @Test
    void aHeadArrivesBeforeItsBody() throws Exception {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            // the rest when the client has seen the head and says so on another connection
            rig.seen.take();
            out.write('x');
        }));
        try (RawHttp client = rig.client()) {
            String head = client.send(GET).bytes(38);
            assertThat(head).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n");
            rig.seen.add("head");
            assertThat(client.bytes(1)).isEqualTo("x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void aSmallAnswerToHttp10EndsWithItsConnection(String connection) throws IOException {
        answering("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc");
        try (RawHttp client = rig.client()) {
            String request = "GET / HTTP/1.0\r\nHost: a.test\r\n" + connection + "\r\n";
            assertThat(client.send(request).rest()).contains("connection: close").endsWith("\r\n\r\nabc");
        }
    }
}
