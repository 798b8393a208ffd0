package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.Endpoints;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP/1.1 through real sockets.
class ProxyTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    private String asked() throws InterruptedException {
        String head = rig.seen.poll(60, TimeUnit.SECONDS);
        assertThat(head).isNotNull();
        return head.toLowerCase(Locale.ROOT);
    }

    @Test
    void requestsOfOneConnectionComeOneAfterTheOther() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200 OK").contains("X-answer: yes")
                    .endsWith("hello");
            assertThat(client.send(GET + GET).answer()).endsWith("hello");
            assertThat(client.answer()).endsWith("hello");
        }
    }

    @Test
    void bodiesGoThroughWithALengthAndInChunks() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc").answer())
                    .endsWith("abc");
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\na\r\n1\r\nb\r\n2\r\ncd\r\n0\r\n\r\n").answer()).endsWith("abcd");
            String large = "x".repeat(3_000_000);
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3000000\r\n\r\n" + large)
                    .answer()).endsWith(large);
        }
    }

    /// Its first letters are those of HTTP/2.
    @Test
    void aRequestMayComeLetterByLetter() throws IOException {
        rig.to(rig.echo());
        for (int i = 0; i < 20; i++) {
            try (RawHttp client = rig.client()) {
                for (String letter : "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc".split("")) {
                    client.send(letter);
                }
                assertThat(client.answer()).startsWith("HTTP/1.1 200").endsWith("abc");
            }
        }
    }

    @Test
    void aClientThatWaitsIsToldToSendItsBody() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 100");
            assertThat(client.send("abc").answer()).endsWith("abc");
        }
    }

    @Test
    void theEndpointIsToldWhoAsksAndNotWhatClientsPretend() throws IOException, InterruptedException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test:8080\r\nX-Forwarded-For: 1.2.3.4\r\nX-Real-Ip: 1.2.3.4\r\n"
                    + "Connection: close, X-Forwarded-Proto, X-Secret\r\nX-Secret: s\r\nKeep-Alive: 5\r\n"
                    + "Proxy-Connection: x\r\nUpgrade: h2c\r\nForwarded: for=1.2.3.4\r\n\r\n").rest();
        }
        assertThat(asked()).contains("x-forwarded-for: 127.0.0.1\n", "x-real-ip: 127.0.0.1\n",
                "x-forwarded-proto: http\n", "x-forwarded-host: a.test:8080\n", "x-forwarded-port: 8080\n",
                "x-forwarded-server: server-1\n", "host: a.test:8080\n")
                .doesNotContain("1.2.3.4", "x-secret", "keep-alive", "proxy-connection", "upgrade");
    }

    @Test
    void hostsAndPathsNobodyServesAreNotFound() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: b.test\r\n\r\n").answer()).startsWith("HTTP/1.1 404")
                    .endsWith("404 page not found\n");
            // the connection goes on
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void withoutAnEndpointThereIsNoServer() throws IOException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 503").endsWith("no available server\n");
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void whatIsNotSpokenToIsNamed() throws IOException {
        rig.to(Endpoints.Scheme.HTTPS, 1);
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 502")
                    .contains("wants TLS");
            rig.to(Endpoints.Scheme.EXTERNAL);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 502")
                    .contains("ExternalName");
        }
    }

    @Test
    void anEarlyAnswerIsTheLastOneOfItsConnection() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\nno".getBytes());
            in.readAllBytes();
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc").answer())
                    .startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close").endsWith("no");
        }
    }

    @Test
    void anotherEndpointIsTriedWhenOneDoesNotListen() throws IOException {
        rig.to(1, rig.echo());
        try (RawHttp client = rig.client()) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200");
            }
        }
        rig.to(1);
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 502");
        }
    }

    @Test
    void aRequestIsRepeatedWhenAnIdleConnectionTurnsOutToBeClosed() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        rig.to(rig.scripted((in, out) -> {
            // the first connection ends with its second request
            int connection = connections.incrementAndGet();
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na".getBytes());
            if (connection == 1) {
                RawHttp.head(in);
            } else {
                in.read();
            }
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).endsWith("a");
            assertThat(client.send(GET).answer()).endsWith("a");
        }
        assertThat(connections).hasValue(2);
    }

    /// What is left would be the beginning of the next client's answer.
    @Test
    void aConnectionWithBytesLeftIsNotUsedAgain() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        rig.to(rig.scripted((in, out) -> {
            String more = connections.incrementAndGet() > 1 ? ""
                    : "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nX: ";
            while (true) {
                RawHttp.head(in);
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na" + more).getBytes());
            }
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200").endsWith("a");
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 200").endsWith("a").doesNotContain("evil");
        }
        assertThat(connections).hasValue(2);
    }

    @Test
    void anAnswerWithoutLengthIsChunkedAndOneThatBreaksOffIsNotCompleted() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\n\r\nabc".getBytes());
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).contains("chunked");
            assertThat(client.bytes(13)).isEqualTo("3\r\nabc\r\n0\r\n\r\n");
        }
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".getBytes());
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).rest()).contains("3\r\nabc\r\n").doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aClientOfHttp10GetsItsAnswerToTheEndOfTheConnection() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".getBytes());
            in.read();
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n").rest()).doesNotContain("chunked")
                    .endsWith("\r\n\r\nabc");
        }
    }

    @Test
    void headAndNotModifiedHaveNoBody() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            while (true) {
                boolean head = RawHttp.head(in).startsWith("HEAD");
                out.write(("HTTP/1.1 " + (head ? "200 OK\r\nContent-Length: 5" : "304 Not Modified") + "\r\n\r\n")
                        .getBytes());
            }
        }));
        try (RawHttp client = rig.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n" + GET);
            assertThat(client.bytes(15)).startsWith("HTTP/1.1 200 OK");
        }
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 304").doesNotContain("chunked");
            assertThat(client.send(GET).answer()).startsWith("HTTP/1.1 304");
        }
    }

    @Test
    void whatAnEndpointSendsBitByBitArrivesBitByBit() throws IOException {
        CountDownLatch read = new CountDownLatch(1);
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"
                    .getBytes());
            out.flush();
            read.await();
            out.write('b');
            in.read();
        }));
        try (RawHttp client = rig.client()) {
            client.send(GET);
            assertThat(client.bytes(17)).isEqualTo("HTTP/1.1 200 OK\r\n");
            String before = "";
            while (!before.endsWith("\r\n\r\na")) {
                before += client.bytes(1);
            }
            read.countDown();
            assertThat(client.bytes(1)).isEqualTo("b");
        }
    }

    @Test
    void aClientThatReadsNothingHoldsTheEndpointBack() throws IOException, InterruptedException {
        AtomicInteger written = new AtomicInteger();
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n".getBytes());
            byte[] some = new byte[100_000];
            for (int i = 0; i < 2000; i++) {
                out.write(some);
                written.addAndGet(some.length);
            }
        }));
        try (RawHttp client = rig.client()) {
            client.send(GET);
            client.bytes(100);
            int before;
            do {
                before = written.get();
                TimeUnit.MILLISECONDS.sleep(300);
            } while (before != written.get() || before == 0);
            assertThat(before).isLessThan(50_000_000);
        }
    }

    @Test
    void aWebsocketIsRelayedBothWays() throws IOException {
        rig.to(rig.scripted((in, out) -> {
            String head = RawHttp.head(in).toLowerCase(Locale.ROOT);
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Proto: "
                    + head.contains("x-forwarded-proto: ws\r\n") + head.contains("connection: upgrade\r\n")
                    + "\r\n\r\nfirst").getBytes());
            int next = in.read();
            while (next >= 0) {
                out.write(next + 1);
                next = in.read();
            }
        }));
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n");
            assertThat(client.answer().toLowerCase(Locale.ROOT)).startsWith("http/1.1 101")
                    .contains("upgrade: websocket", "connection: upgrade", "x-proto: truetrue");
            assertThat(client.bytes(5)).isEqualTo("first");
            assertThat(client.send("abc").bytes(3)).isEqualTo("bcd");
        }
    }

    @Test
    void anEndpointThatRefusesAWebsocketIsHeard() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 200").endsWith("hello");
        }
    }

    @Test
    void countsRequests() throws IOException {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            client.send(GET).answer();
            client.send("BREW / HTTP/1.1\r\nHost: b.test\r\n\r\n").answer();
        }
        assertThat(rig.metricsWith("code=\"404\"")).contains(
                "traefik_entrypoint_requests_total{code=\"200\",entrypoint=\"web\",method=\"GET\",protocol=\"http\"} 1",
                "code=\"404\",entrypoint=\"web\",method=\"EXTENSION_METHOD\"");
    }
}
