package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// HTTP/1.1 on the wire.
@Timeout(120)
class Http1Test {
    private TestPort port;

    @BeforeEach
    void start() throws Exception {
        port = TestPort.start();
        port.serve("/", exchange -> exchange.respond(200, Map.of(), (exchange.path() + ";").getBytes(UTF_8),
                exchange.body(1 << 20)));
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (RawClient client = new RawClient(port, "http/1.1")) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
            }
            client.send(all.toString());
            for (int i = 0; i < 100; i++) {
                assertThat(client.until(";ab")).endsWith("\r\n/" + i + ";ab");
            }
        }
    }

    @Test
    void readsAndWritesChunks() throws Exception {
        port.serve("/stream", exchange -> {
            try (var stream = exchange.stream(200, Map.of())) {
                stream.write("one".getBytes(UTF_8));
                stream.write("two".getBytes(UTF_8));
            }
        });
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
            assertThat(client.until("abcde")).contains(" 200 ");
            client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.until("0\r\n\r\n")).contains("transfer-encoding: chunked\r\n")
                    .as("what waits together may leave in one chunk")
                    .matches("(?s).*\r\n\r\n(3\r\none\r\n3\r\ntwo|6\r\nonetwo)\r\n0\r\n\r\n");
        }
    }

    @Test
    void sendsContinueOnlyWhenTheBodyIsRead() throws Exception {
        port.serve("/refuse", exchange -> exchange.respond(403, Map.of()));
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue");
            client.send("ab");
            assertThat(client.until(";ab")).startsWith("HTTP/1.1 200 OK");
            client.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 403 Forbidden").contains("connection: close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void closesForHttp10AndOnRequest() throws Exception {
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.until("/;")).contains("connection: close");
            assertThat(client.ends()).isTrue();
        }
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(client.until("/;")).contains("connection: close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void keepsTheConnectionAfterAnUnreadBody() throws Exception {
        port.serve("/refuse", exchange -> exchange.respond(403, Map.of()));
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 403");
            client.send(new byte[1_000_000]);
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.until("/;")).contains(" 200 ");
        }
    }

    @Test
    void upgradesTheConnection() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        port.serve("/exec", exchange -> {
            exchange.onEnd(ended::countDown);
            try (ByteDuplex duplex = exchange.upgrade(Map.of("Connection", "Upgrade", "Upgrade", "SPDY/3.1"))) {
                duplex.input().transferTo(duplex.output());
            }
        });
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("POST /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n");
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 101 Switching Protocols").contains("SPDY/3.1");
            byte[] much = new byte[5_000_000];
            Thread.startVirtualThread(() -> {
                try {
                    client.send(much);
                    client.send("end");
                } catch (IOException cut) {
                    ended.countDown();
                }
            });
            assertThat(client.in().readNBytes(much.length)).isEqualTo(much);
            assertThat(client.until("end")).isEqualTo("end");
        }
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closesAnUpgradedConnectionFromTheServer() throws Exception {
        CompletableFuture<ByteDuplex> held = new CompletableFuture<>();
        port.serve("/exec", exchange -> held.complete(exchange.upgrade(Map.of("Upgrade", "x"))));
        try (RawClient client = new RawClient(port, "http/1.1")) {
            client.send("GET /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            client.until("\r\n\r\n");
            held.join().output().write("bye".getBytes(UTF_8));
            held.join().close();
            assertThat(client.until("bye")).isEqualTo("bye");
            assertThat(client.ends()).isTrue();
        }
    }
}
