package io.k3j.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Swaps of edges and endpoints without failed requests.
@Timeout(600)
class SwapTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesFromALentSocketAndLeavesItOpen(boolean epoll) throws Exception {
        try (TestPort port = new TestPort(epoll)) {
            port.healthy.await();
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "first".getBytes(UTF_8)));
            assertThat(get(port)).isEqualTo("first");
            port.successor().close();
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "second".getBytes(UTF_8)));
            assertThat(get(port)).isEqualTo("second");
        }
    }

    private static String get(TestPort port) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(port.anonymous()).build()) {
            return client.send(HttpRequest.newBuilder(URI.create(port.url("/"))).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void losesNoRequestInAParallelSwap() throws Exception {
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
            AtomicInteger failed = new AtomicInteger();
            AtomicInteger answered = new AtomicInteger();
            CountDownLatch enough = new CountDownLatch(1);
            Thread[] clients = new Thread[4];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = Thread.startVirtualThread(() -> requests(port, failed, answered, enough));
            }
            for (int swap = 0; swap < 3; swap++) {
                int before = answered.get();
                Ports old = port.successor();
                port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
                old.close();
                Waiting.until("a hundred answers", () -> answered.get() > before + 100);
            }
            enough.countDown();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failed.get()).isZero();
        }
    }

    /// The old edge serves every connection it accepted, also during the handshake. It waits a second for a request and
    /// some for its answer; a machine that stands still for so long gets another try.
    @Test
    void losesNoConnectionDuringItsHandshakeInAParallelSwap() throws Exception {
        Lost lost = connectedWhileSwapped();
        for (int tried = 1; tried < 5 && !lost.late.isEmpty(); tried++) {
            assertThat(lost.early).isEmpty();
            lost = connectedWhileSwapped();
        }
        assertThat(lost.early).isEmpty();
        assertThat(lost.late).isEmpty();
    }

    private static Lost connectedWhileSwapped() throws Exception {
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8)));
            AtomicInteger answered = new AtomicInteger();
            Lost lost = new Lost(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
            CountDownLatch enough = new CountDownLatch(1);
            Thread[] clients = new Thread[16];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = Thread.startVirtualThread(() -> connections(port, answered, lost, enough));
            }
            for (int swap = 0; swap < 10; swap++) {
                int before = answered.get();
                Waiting.until("twenty answers", () -> answered.get() > before + 20);
                port.successor("/", exchange -> exchange.respond(200, Map.of(), "ok".getBytes(UTF_8))).close();
            }
            enough.countDown();
            for (Thread client : clients) {
                client.join();
            }
            return lost;
        }
    }

    /// Connections without their answer. `late` are those that an edge may have left, since it waited for them first.
    private record Lost(Queue<String> early, Queue<String> late) {
        void add(String what, long begun) {
            boolean waited = System.nanoTime() - begun >= TimeUnit.SECONDS.toNanos(Limits.GO_AWAY_SECONDS);
            (waited ? late : early).add(what);
        }
    }

    private static void connections(TestPort port, AtomicInteger answered, Lost lost, CountDownLatch enough) {
        while (enough.getCount() > 0) {
            long begun = System.nanoTime();
            try (RawClient client = new RawClient(port, "http/1.1")) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                String answer = client.until("ok");
                if (answer.endsWith("ok")) {
                    answered.incrementAndGet();
                } else {
                    lost.add(answer, begun);
                }
            } catch (SocketTimeoutException never) {
                lost.early.add(never.toString());
            } catch (IOException e) {
                lost.add(e.toString(), begun);
            }
        }
    }

    private static void requests(TestPort port, AtomicInteger failed, AtomicInteger answered, CountDownLatch enough) {
        try (HttpClient client = HttpClient.newBuilder().sslContext(port.anonymous()).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
            while (enough.getCount() > 0) {
                try {
                    client.send(request, BodyHandlers.ofString());
                    answered.incrementAndGet();
                } catch (IOException | InterruptedException lost) {
                    lost.printStackTrace();
                    failed.incrementAndGet();
                }
            }
        }
    }

    @Test
    void letsRequestsInFlightFinishWhenItStops() throws Exception {
        try (TestPort port = TestPort.start()) {
            CountDownLatch atWork = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            port.serve("/", exchange -> {
                atWork.countDown();
                hold(go);
                exchange.respond(200, Map.of(), "late".getBytes(UTF_8));
            });
            AtomicReference<String> answer = new AtomicReference<>();
            Thread client = Thread.startVirtualThread(() -> {
                try {
                    answer.set(get(port));
                } catch (Exception lost) {
                    answer.set(lost.toString());
                }
            });
            atWork.await();
            Thread stopping = Thread.startVirtualThread(port.successor()::close);
            go.countDown();
            client.join();
            stopping.join();
            assertThat(answer.get()).isEqualTo("late");
        }
    }

    @Test
    void abortsWatchesOfARemovedEndpointAfterFiveSeconds() throws Exception {
        try (TestPort port = TestPort.start()) {
            CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
            CountDownLatch ended = new CountDownLatch(1);
            Endpoint endpoint = port.serve("/", exchange -> {
                exchange.onEnd(ended::countDown);
                watch.complete(exchange.stream(200, Map.of()));
            });
            try (HttpClient client = HttpClient.newBuilder().sslContext(port.anonymous()).build()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
                InputStream in = client.send(request, BodyHandlers.ofInputStream()).body();
                port.remove(endpoint);
                assertThat(watch.join().offer(1000, "still".getBytes(UTF_8))).isTrue();
                assertThat(in.readNBytes(5)).isEqualTo("still".getBytes(UTF_8));
                assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(watch.join().open()).isFalse();
            }
        }
    }

    /// A stream has some seconds for its end; a machine that stands still for so long gets another try.
    @Test
    void letsStreamingResponsesEndCleanlyWhenItStops() throws Exception {
        boolean clean = false;
        for (int tried = 0; tried < 5 && !clean; tried++) {
            clean = endedCleanlyUnlessLate();
        }
        assertThat(clean).isTrue();
    }

    private static boolean endedCleanlyUnlessLate() throws Exception {
        try (TestPort port = TestPort.start()) {
            CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
            port.serve("/", exchange -> watch.complete(exchange.stream(200, Map.of())));
            try (HttpClient client = HttpClient.newBuilder().sslContext(port.anonymous()).build()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
                InputStream in = client.send(request, BodyHandlers.ofInputStream()).body();
                assertThat(watch.join().leaving()).isFalse();
                long begun = System.nanoTime();
                Thread stopping = Thread.startVirtualThread(port.successor()::close);
                Waiting.until("it is told to end", watch.join()::leaving);
                boolean offered = watch.join().offer(1000, "last".getBytes(UTF_8));
                watch.join().close();
                String read = readOrLost(in);
                boolean late = System.nanoTime() - begun >= TimeUnit.MILLISECONDS.toNanos(Limits.LAST_STREAMS_MILLIS);
                stopping.join();
                if (!late) {
                    assertThat(offered).isTrue();
                    assertThat(read).isEqualTo("last");
                }
                return offered && read.equals("last");
            }
        }
    }

    private static String readOrLost(InputStream in) {
        try {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException lost) {
            return lost.toString();
        }
    }

    /// Two announcements, a second from each other; the connection would close after the second one.
    @Test
    void aStreamThatIsTheLastOfItsConnectionGoesOn() throws Exception {
        try (TestPort port = TestPort.start()) {
            CompletableFuture<ResponseStream> watch = new CompletableFuture<>();
            port.serve("/", exchange -> {
                exchange.goAway();
                watch.complete(exchange.stream(200, Map.of()));
            });
            try (RawClient client = RawClient.http2(port)) {
                client.frame(RawClient.HEADERS, 1 | 4, 1, RawClient.GET);
                assertThat(client.next(RawClient.GOAWAY)).isNotNull();
                assertThat(client.next(RawClient.GOAWAY)).isNotNull();
                assertThat(watch.join().leaving()).as("nobody has to end it").isFalse();
                assertThat(watch.join().offer(1000, "still".getBytes(UTF_8))).isTrue();
                assertThat(client.next(RawClient.DATA)).isNotNull();
                watch.join().close();
                assertThat(client.goAway()).as("the connection ends with it").isNotEqualTo(-2);
            }
        }
    }

    /// The moment is a second; a test's thread that comes later than that is given another connection.
    @Test
    void aClientOfHttp2IsHeardForAMomentAfterItWasToldTheEnd() throws Exception {
        boolean heard = false;
        for (int tried = 0; tried < 5 && !heard; tried++) {
            heard = heardAfterTheEnd();
        }
        assertThat(heard).isTrue();
    }

    private static boolean heardAfterTheEnd() throws Exception {
        try (TestPort port = TestPort.start(); RawClient client = RawClient.http2(port)) {
            assertThat(client.next(RawClient.SETTINGS)).isNotNull();
            Thread stopping = Thread.startVirtualThread(port.successor()::close);
            assertThat(client.next(RawClient.GOAWAY)).isNotNull();
            assertThat(client.next(RawClient.GOAWAY)).isNotNull();
            boolean heard;
            try {
                client.frame(RawClient.PING, 0, 0, new byte[8]);
                heard = client.next(RawClient.PING) != null;
            } catch (IOException closed) {
                heard = false;
            }
            stopping.join();
            return heard;
        }
    }

    @Test
    void stopsWhenEndpointsHang() throws Exception {
        try (TestPort port = TestPort.start()) {
            port.serve("/", exchange -> exchange.stream(200, Map.of()));
            try (HttpClient client = HttpClient.newBuilder().sslContext(port.anonymous()).build()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(port.url("/"))).build();
                client.send(request, BodyHandlers.ofInputStream());
                long start = System.nanoTime();
                port.successor().close();
                assertThat(System.nanoTime() - start)
                        .isLessThan(Boolean.getBoolean("k3j.full") ? 6_500_000_000L : 30_000_000_000L);
            }
        }
    }

    private static void hold(CountDownLatch go) throws IOException {
        try {
            go.await();
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
