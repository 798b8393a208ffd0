package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ResponseStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests of well-behaved clients in both protocols.
@Timeout(120)
class RequestTest {
    private TestPort port;

    @BeforeEach
    void start() throws Exception {
        port = TestPort.start();
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void answersARequest(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of("content-type", "text/plain"),
                (exchange.method() + " " + exchange.path() + " " + exchange.query() + " ").getBytes(UTF_8),
                exchange.protocol().getBytes(UTF_8)));
        HttpResponse<String> answer = port.get(version, "/a%20b?x=1&y=%2f");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body())
                .startsWith("GET /a%20b x=1&y=%2f HTTP/" + (version == Version.HTTP_2 ? "2.0" : "1.1"));
        assertThat(answer.headers().firstValue("content-type")).contains("text/plain");
        assertThat(answer.headers().firstValue("content-length")).isPresent();
        assertThat(answer.headers().firstValue("date").orElse("")).endsWith(" GMT").hasSize(29);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void answersStartingUntilAnEndpointIsAdded(Version version) throws Exception {
        HttpResponse<String> answer = port.get(version, "/api");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"kind\":\"Status\"", "\"message\":\"starting\"", "\"code\":503");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.headers().firstValue("cache-control")).as("kubectl keeps what it may")
                .contains("no-cache, private");
    }

    @Test
    void routesByTheLongestPrefixOfWholeSegments() throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(), "root".getBytes(UTF_8)));
        port.serve("/v1-k3s", exchange -> exchange.respond(200, Map.of(), "supervisor".getBytes(UTF_8)));
        Endpoint ping = port.serve("/v1-k3s/ping", exchange -> exchange.respond(200, Map.of(), "ping".getBytes(UTF_8)));
        assertThat(port.get(Version.HTTP_2, "/v1-k3s/ping").body()).isEqualTo("ping");
        assertThat(port.get(Version.HTTP_2, "/v1-k3s/pingx").body()).isEqualTo("supervisor");
        assertThat(port.get(Version.HTTP_2, "/v1-k3sx").body()).isEqualTo("root");
        port.remove(ping);
        assertThat(port.get(Version.HTTP_2, "/v1-k3s/ping").body()).isEqualTo("supervisor");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void readsABodyAsAWhole(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(201, Map.of(), exchange.body(3 << 20)));
        byte[] body = bytes(2_500_000);
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(port.url("/"))).POST(BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<byte[]> answer = client.send(post, BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void readsABodyAsAStreamOfUnknownLength(Version version) throws Exception {
        port.serve("/", exchange -> {
            long sum = 0;
            try (InputStream in = exchange.bodyStream()) {
                for (int next = in.read(); next >= 0; next = in.read()) {
                    sum += next;
                }
            }
            exchange.respond(200, Map.of(), Long.toString(sum).getBytes(UTF_8));
        });
        byte[] body = bytes(5_000_000);
        long sum = 0;
        for (byte b : body) {
            sum += b & 0xff;
        }
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(port.url("/")))
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))).build();
            assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo(Long.toString(sum));
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void refusesABodyAboveTheLimit(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(201, Map.of(), exchange.body(1000)));
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(port.url("/")))
                    .POST(BodyPublishers.ofByteArray(bytes(1001))).build();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("\"message\":\"Request entity too large: limit is 1000\"");
            assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void sendsALongResponseCompletely(Version version) throws Exception {
        byte[] part = bytes(2_722);
        byte[][] parts = new byte[10_000][];
        Arrays.fill(parts, part);
        port.serve("/", exchange -> exchange.respond(200, Map.of(), parts));
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            byte[] body = client.send(get, BodyHandlers.ofByteArray()).body();
            assertThat(body).hasSize(27_220_000);
            assertThat(Arrays.copyOfRange(body, 27_220_000 - 2_722, 27_220_000)).isEqualTo(part);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void streamsFromAnyThreadAfterServeHasReturned(Version version) throws Exception {
        CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
        CountDownLatch ended = new CountDownLatch(1);
        port.serve("/", exchange -> {
            exchange.onEnd(ended::countDown);
            watch.complete(exchange.stream(200, Map.of("content-type", "application/json")));
        });
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            InputStream in = client.send(get, BodyHandlers.ofInputStream()).body();
            byte[] event = "{\"type\":\"ADDED\"}".getBytes(UTF_8);
            byte[] newline = "\n".getBytes(UTF_8);
            assertThat(watch.join().offer(1 << 20, event, newline)).isTrue();
            assertThat(new String(in.readNBytes(event.length + 1), UTF_8)).isEqualTo("{\"type\":\"ADDED\"}\n");
            watch.join().close();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.join().offer(1 << 20, event)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void refusesOffersToASlowClient(Version version) throws Exception {
        CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
        port.serve("/", exchange -> watch.complete(exchange.stream(200, Map.of())));
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            InputStream in = client.send(get, BodyHandlers.ofInputStream()).body();
            byte[] event = bytes(100_000);
            int taken = 0;
            while (watch.join().offer(1 << 20, event)) {
                taken++;
                assertThat(taken).isLessThan(10_000);
            }
            for (int i = 0; i < taken; i++) {
                assertThat(in.readNBytes(event.length)).isEqualTo(event);
            }
            watch.join().close();
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void keepsTheOrderOfBatchedPieces(Version version) throws Exception {
        CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
        port.serve("/", exchange -> watch.complete(exchange.stream(200, Map.of())));
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            InputStream in = client.send(get, BodyHandlers.ofInputStream()).body();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 20_000; i++) {
                byte[] line = (i + "\n").getBytes(UTF_8);
                assertThat(watch.join().offer(1 << 20, line, i % 7 == 0 ? line : new byte[0])).isTrue();
                expected.append(i).append('\n').append(i % 7 == 0 ? i + "\n" : "");
            }
            watch.join().close();
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(expected.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void detectsADisconnectedClient(Version version) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        BlockingQueue<ResponseStream> watch = new ArrayBlockingQueue<>(1);
        port.serve("/", exchange -> {
            exchange.onEnd(ended::countDown);
            watch.add(exchange.stream(200, Map.of()));
        });
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            client.send(get, BodyHandlers.ofInputStream()).body().close();
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            ResponseStream stream = watch.take();
            assertThat(stream.open()).isFalse();
            assertThatThrownBy(() -> stream.write(new byte[1])).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void resetsAResponseWhoseEndpointFails(Version version) throws Exception {
        port.serve("/", exchange -> {
            exchange.stream(200, Map.of()).write(new byte[10]);
            throw new IOException("the store went away");
        });
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest get = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            assertThatThrownBy(() -> client.send(get, BodyHandlers.ofByteArray())).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void answersForAnEndpointThatFailsOrDoesNotAnswer(Version version) throws Exception {
        port.serve("/fails", exchange -> {
            throw new IllegalStateException("secret detail");
        });
        port.serve("/broken", exchange -> {
            throw new NoClassDefFoundError("secret detail");
        });
        port.serve("/forgets", exchange -> {
        });
        assertThat(port.get(version, "/fails").statusCode()).isEqualTo(500);
        assertThat(port.get(version, "/fails").body()).contains("\"kind\":\"Status\"").doesNotContain("secret");
        assertThat(port.get(version, "/broken").statusCode()).isEqualTo(500);
        assertThat(port.get(version, "/forgets").statusCode()).isEqualTo(500);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void sendsNoBodyForHead(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of(), new byte[500]));
        try (HttpClient client = TestPort.client(version, port.anonymous())) {
            HttpRequest head = HttpRequest.newBuilder(URI.create(port.url("/"))).method("HEAD", BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = client.send(head, BodyHandlers.ofString());
            assertThat(answer.body()).isEmpty();
            assertThat(answer.headers().firstValue("content-length")).contains("500");
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void dropsMalformedHeaders(Version version) throws Exception {
        port.serve("/", exchange -> exchange.respond(200, Map.of("x-good", "1", "x bad", "2", "x-split", "3\r\nx-c: 4"),
                "whole".getBytes(UTF_8)));
        HttpResponse<String> answer = port.get(version, "/");
        assertThat(answer.body()).isEqualTo("whole");
        assertThat(answer.headers().map()).containsKey("x-good").doesNotContainKeys("x bad", "x-split", "x-c");
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }
}
