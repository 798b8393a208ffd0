package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients send who mean harm.
class AttackTest {
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
        rig.to(rig.echo());
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    /// After each of these nobody can be sure where the next request begins: one answer, then the end.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: +3\r\n", "Content-Length: -1\r\n",
            "Transfer-Encoding : chunked\r\n", "Host: b.test\r\n", "X: a\u0000b\r\n",
            "Transfer-Encoding: \u000bchunked\r\n",
            "Content-Length: 3, 4\r\n"})
    void smuggledRequestsAreNotAnswered(String fields) throws IOException {
        try (RawHttp client = rig.client()) {
            String all = client.send("POST / HTTP/1.1\r\nHost: a.test\r\n" + fields + "\r\n0\r\n\r\n"
                    + "GET /admin HTTP/1.1\r\nHost: a.test\r\n\r\n").rest();
            assertThat(all).startsWith("HTTP/1.1 400").doesNotContain("hello");
        }
        assertThat(rig.seen).isEmpty();
    }

    /// Fields of a draft of websockets by which eight bytes follow that no field announces.
    @Test
    void aBodyThatIsNotAnnouncedIsNotTaken() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\nSec-WebSocket-Key1: 1\r\n"
                    + "Sec-WebSocket-Key2: 2\r\n\r\nGET /x HGET /admin HTTP/1.1\r\nHost: a.test\r\n\r\n").rest())
                    .startsWith("HTTP/1.1 400").doesNotContain("hello");
        }
        assertThat(rig.seen).isEmpty();
    }

    /// What some read as the end of a line, or of the head, and others do not.
    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\nHost: a.test\n\n", "GET / HTTP/1.1\r\nHost: a.test\n\r\n",
            "GET / HTTP/1.1\r\nHost: a.test\r\nX: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a.test\r\nno colon\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n"})
    void linesEndInOneWayOnly(String request) throws IOException {
        try (RawHttp client = rig.client()) {
            String all = client.send(request + "GET /admin HTTP/1.1\r\nHost: a.test\r\n\r\n").rest();
            assertThat(all).doesNotContain("hello").doesNotContain("HTTP/1.1 2");
        }
        assertThat(rig.seen).isEmpty();
    }

    @Test
    void theEndpointSeesAFoldedFieldInOneLine() throws IOException, InterruptedException {
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\nX-Folded: a\r\n Transfer-Encoding: chunked\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 200");
        }
        assertThat(rig.seen.poll(60, TimeUnit.SECONDS))
                .containsIgnoringCase("x-folded: a transfer-encoding: chunked\n");
    }

    @Test
    void chunkedNeedsHttp11() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                    .rest()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void headsHaveABound() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\nX: " + "x".repeat(IngressLimits.HEADER_BYTES)
                    + "\r\n\r\n").answer()).startsWith("HTTP/1.1 431");
        }
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET /" + "x".repeat(IngressLimits.LINE_BYTES) + " HTTP/1.1\r\n").answer())
                    .startsWith("HTTP/1.1 414");
        }
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n" + "A: b\r\n".repeat(250) + "\r\n").answer())
                    .startsWith("HTTP/1.1 431");
        }
    }

    @Test
    void aRequestThatComesBackAgainAndAgainEnds() throws IOException {
        rig.to(rig.web());
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 508");
        }
    }

    @Test
    void methodsForProxiesAreNotServed() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n").rest())
                    .matches("(?s)HTTP/1.1 40[05].*");
        }
        try (RawHttp client = rig.client()) {
            assertThat(client.send("TRACE / HTTP/1.1\r\nHost: a.test\r\n\r\n").rest()).startsWith("HTTP/1.1 405");
        }
    }

    @Test
    void anEndpointCannotChangeTheProtocolByItself() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n".getBytes());
            in.read();
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 502");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", ""})
    void answersThatMakeNoSenseAreABadGateway(String answer) throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write(answer.getBytes());
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 502");
        }
    }

    @Test
    void manySmallChunksDoNotOverflowAnything() throws IOException {
        try (RawHttp client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\nx\r\n".repeat(200_000) + "0\r\n\r\n");
            assertThat(client.answer()).endsWith("x".repeat(200_000));
        }
    }

    @Test
    void aConnectionThatSaysNothingEnds() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a").rest()).isEmpty();
        }
    }
}
