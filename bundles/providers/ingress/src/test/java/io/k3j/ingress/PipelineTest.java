package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients that send more requests before the first one is answered.
class PipelineTest {
    private static final int REQUESTS = 1_250;
    private static final int BYTES = 8_000;
    private Rig rig;

    @BeforeEach
    void begin() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    /// Answers each request with its path, the first one when it may.
    private int answeringPaths(CountDownLatch asked, CountDownLatch may) throws IOException {
        return rig.scripted((in, out) -> {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String first = lines.readLine(); first != null; first = lines.readLine()) {
                String path = first.split(" ")[1];
                while (!lines.readLine().isEmpty()) {
                    asked.countDown();
                }
                may.await();
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path)
                        .getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    @Test
    void requestsThatComeEarlyAreHeldBackAndAnsweredInOrder() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch may = new CountDownLatch(1);
        AtomicInteger sent = new AtomicInteger();
        rig.to(answeringPaths(asked, may));
        String field = "\r\nHost: a.test\r\nX: " + "x".repeat(BYTES) + "\r\n\r\n";
        try (Socket socket = RawHttp.narrow(rig.web()); RawHttp client = new RawHttp(socket)) {
            OutputStream out = socket.getOutputStream();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < REQUESTS; i++) {
                        out.write(("GET /" + i + " HTTP/1.1" + field).getBytes(StandardCharsets.US_ASCII));
                        sent.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }, Thread::startVirtualThread);
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            int before;
            do {
                before = sent.get();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            } while (before != sent.get() || before == 0);
            assertThat((long) before * BYTES).isLessThan(3_000_000);
            may.countDown();
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(client.answer()).endsWith("\r\n\r\n/" + i);
            }
            sending.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void asManyRequestsAsTheBoundAreAnsweredAndWithMoreTheConnectionEnds() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch may = new CountDownLatch(1);
        rig.to(answeringPaths(asked, may));
        String one = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
        try (RawHttp client = rig.client(); RawHttp another = rig.client()) {
            client.send(one.repeat(IngressLimits.PIPELINED));
            asked.await();
            // nobody answers: it is the bound that ends it
            assertThat(another.send(one.repeat(IngressLimits.PIPELINED + 1)).rest()).isEmpty();
            may.countDown();
            for (int i = 0; i < IngressLimits.PIPELINED; i++) {
                assertThat(client.answer()).endsWith("\r\n\r\n/");
            }
        }
    }

    /// Small answers of the proxy itself, of which many wait for a client that takes none.
    @Test
    void whoTakesNoAnswersIsNotReadFor() throws Exception {
        byte[] request = ("GET / HTTP/1.1\r\nHost: none.test\r\nX: " + "x".repeat(700) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        int requests = 40_000_000 / request.length;
        AtomicInteger sent = new AtomicInteger();
        try (Socket socket = RawHttp.narrow(rig.web()); RawHttp client = new RawHttp(socket)) {
            OutputStream out = socket.getOutputStream();
            out.write(request);
            String first = client.answer();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        out.write(request);
                        sent.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }, Thread::startVirtualThread);
            int before;
            do {
                before = sent.get();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            } while (before != sent.get() || before == 0);
            assertThat((long) before * request.length).isLessThan(24_000_000);
            // they go on when they are taken
            for (int i = 0; i < requests; i += 1_000) {
                int some = Math.min(1_000, requests - i);
                assertThat(client.bytes(some * first.length())).isEqualTo(first.repeat(some));
            }
            sending.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aBodyAndAnUpgradeThatComeEarlyAreNotMistaken() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch may = new CountDownLatch(1);
        rig.to(rig.scripted((in, out) -> {
            while (true) {
                String head = RawHttp.head(in);
                asked.countDown();
                if (head.startsWith("POST")) {
                    // an answer that begins before its request has ended is the last one of the client's connection
                    byte[] body = in.readNBytes(3);
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(body);
                } else if (head.contains("websocket")) {
                    out.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    in.transferTo(out);
                    return;
                } else {
                    may.await();
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1".getBytes(StandardCharsets.US_ASCII));
                }
            }
        }));
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nab").send("cGET / HTTP/1.1\r\n")
                    .send("Host: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            // they would be answered at once if they were asked
            assertThat(client.silent(300)).isTrue();
            may.countDown();
            assertThat(client.answer()).endsWith("\r\n\r\n1");
            assertThat(client.answer()).endsWith("\r\n\r\nabc");
            assertThat(client.answer()).startsWith("HTTP/1.1 101");
            assertThat(client.send("xyz").bytes(3)).isEqualTo("xyz");
        }
    }

    @Test
    void aClientThatGoesWhileItsRequestIsAtWorkIsNoticed() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            asked.countDown();
            if (in.read() < 0) {
                gone.countDown();
            }
        }));
        try (RawHttp client = rig.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
