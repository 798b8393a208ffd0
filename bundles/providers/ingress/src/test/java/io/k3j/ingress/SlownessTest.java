package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who takes too long. What a clock would bring is told to the proxy.
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
            rig.pass(IngressLimits.ANSWER_SECONDS - 5);
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
            rig.pass(IngressLimits.IDLE_SECONDS - 5);
            assertThat(client.send(GET).answer()).endsWith("hello");
            rig.metricsWith("protocol=\"http\"} 3");
            rig.pass(IngressLimits.IDLE_SECONDS + 5);
            assertThat(client.rest()).isEmpty();
        }
    }
}
