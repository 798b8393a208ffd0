package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who takes too long. What a clock would bring is told to the proxy, whose own clock goes on meanwhile: a minute
/// before a limit is early on a slow machine too.
class SlownessTest {
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

    /// An endpoint that is asked, and says nothing.
    private CountDownLatch silent() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            asked.countDown();
            in.readAllBytes();
        }));
        return asked;
    }

    @Test
    void aSilentEndpointIsAGatewayTimeoutAndTheConnectionGoesOn() throws Exception {
        CountDownLatch asked = silent();
        try (RawHttp client = rig.client()) {
            client.send(GET);
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            rig.pass(IngressLimits.ANSWER_SECONDS - 60);
            assertThat(rig.metrics.text()).doesNotContain("code=\"504\"");
            rig.pass(IngressLimits.ANSWER_SECONDS + 5);
            assertThat(client.answer()).startsWith("HTTP/1.1 504").endsWith("Gateway Timeout\n");
            // what was late does not count against the next request
            rig.to(rig.echo());
            assertThat(client.send(GET).answer()).endsWith("hello");
            rig.pass(5);
            assertThat(client.send(GET).answer()).endsWith("hello");
        }
    }

    @Test
    void aRequestThatWasAnsweredIsNotLateAgain() throws Exception {
        CountDownLatch asked = silent();
        try (RawHttp client = rig.client()) {
            client.send(GET);
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            rig.pass(IngressLimits.ANSWER_SECONDS + 5);
            assertThat(client.answer()).startsWith("HTTP/1.1 504");
            rig.metricsWith("code=\"504\"");
            rig.pass(IngressLimits.ANSWER_SECONDS + 5);
            assertThat(client.rest()).isEmpty();
            assertThat(rig.metrics.text())
                    .contains("code=\"504\",entrypoint=\"web\",method=\"GET\",protocol=\"http\"} 1");
        }
    }

    @Test
    void aBodyThatDoesNotComeIsARequestTimeout() throws Exception {
        CountDownLatch asked = silent();
        try (RawHttp client = rig.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\na");
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            rig.pass(IngressLimits.BODY_SECONDS + 5);
            assertThat(client.answer()).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void aConnectionThatIsIdleForTooLongEnds() throws Exception {
        rig.to(rig.echo());
        try (RawHttp client = rig.client()) {
            assertThat(client.send(GET).answer()).endsWith("hello");
            assertThat(client.send(GET).answer()).endsWith("hello");
            rig.metricsWith("protocol=\"http\"} 2");
            rig.pass(IngressLimits.IDLE_SECONDS - 60);
            assertThat(client.send(GET).answer()).endsWith("hello");
            rig.metricsWith("protocol=\"http\"} 3");
            rig.pass(IngressLimits.IDLE_SECONDS + 5);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void whoTakesNoAnswersOfManyRequestsIsEnded() throws Exception {
        byte[] request = ("GET / HTTP/1.1\r\nHost: none.test\r\nX: " + "x".repeat(700) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = RawHttp.narrow(rig.web()); RawHttp client = new RawHttp(socket)) {
            socket.getOutputStream().write(request);
            assertThat(client.answer()).startsWith("HTTP/1.1 404");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 50_000; i++) {
                        socket.getOutputStream().write(request);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }, Thread::startVirtualThread);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
            // less than a client may be idle
            while (!sending.isDone() && System.nanoTime() < end) {
                rig.pass(IngressLimits.STALLED_SECONDS + 5);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assertThat(sending).failsWithin(1, TimeUnit.SECONDS).withThrowableOfType(ExecutionException.class);
        }
    }
}
