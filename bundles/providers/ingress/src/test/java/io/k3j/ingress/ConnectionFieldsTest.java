package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which fields of a request belong to its connection alone.
class ConnectionFieldsTest {
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

    /// What the endpoint is asked when a client sends these fields.
    private String asked(String fields) throws IOException, InterruptedException {
        try (RawHttp client = rig.client()) {
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n" + fields + "\r\nabc")
                    .answer()).startsWith("HTTP/1.1 200").endsWith("abc");
        }
        String head = rig.seen.poll(60, TimeUnit.SECONDS);
        assertThat(head).isNotNull();
        return head.toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Connection: X-Secret\r\nConnection: X-Other\r\n", "Connection: keep-alive, X-Secret,x-other",
                    "Connection: Keep-Alive\r\nConnection: ,\tx-SECRET , x-other ,\r\n",
                    "Connection: x-other, Connection, x-secret",
                    "Connection: keep-alive\r\nConnection: x-other\r\nConnection: x-secret"})
    void namesInAnyFieldAndInAnyCaseGo(String connection) throws IOException, InterruptedException {
        assertThat(asked(connection.strip() + "\r\nX-Secret: s\r\nX-Secret: t\r\nX-Other: o\r\nX-Kept: k\r\n"))
                .contains("x-kept: k\n").doesNotContain("x-secret", "x-other", "keep-alive");
    }

    @Test
    void keepAliveDoesNotHideWhatIsNamedBesideIt() throws IOException, InterruptedException {
        assertThat(asked("Connection: Keep-Alive, X-Secret\r\nX-Secret: s\r\nKeep-Alive: 5\r\n"))
                .doesNotContain("x-secret", "keep-alive");
    }

    @Test
    void framingAndHostStayWhateverIsNamed() throws IOException, InterruptedException {
        assertThat(asked("Connection: host, Content-Length, transfer-encoding\r\n"))
                .contains("host: a.test\n", "content-length: 3\n");
    }

    @Test
    void aFieldThatHasTheNameOfAnOptionGoesToo() throws IOException, InterruptedException {
        assertThat(asked("Connection: close\r\nClose: c\r\n")).doesNotContain("close:");
    }

    @Test
    void trailersTellNothingThatTheHeadMustNot() throws IOException, InterruptedException {
        rig.to(rig.scripted((in, out) -> {
            RawHttp.head(in);
            rig.seen.add(RawHttp.head(in));
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }));
        try (RawHttp client = rig.client()) {
            assertThat(client
                    .send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
                            + "X-Forwarded-For: 1.2.3.4\r\nHost: b.test\r\nConnection: close\r\nX-Kept: k\r\n\r\n")
                    .answer())
                    .startsWith("HTTP/1.1 200");
        }
        String body = rig.seen.poll(60, TimeUnit.SECONDS);
        assertThat(body).isNotNull();
        assertThat(body.toLowerCase(Locale.ROOT)).startsWith("1\r\na\r\n0\r\n").contains("x-kept: k\r\n")
                .doesNotContain("x-forwarded-for", "host", "connection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-K3J-Ingress-Hops: 1", "x-k3j-ingress-hops: 1",
            "X-K3j-iNGRESS-hOPS: 1\r\nConnection: X-K3J-Ingress-Hops"})
    void hopsCountInAnyCase(String hops) throws IOException, InterruptedException {
        assertThat(asked(hops + "\r\n")).containsOnlyOnce("x-k3j-ingress-hops: 2\n");
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n" + hops.replace('1', '3') + "\r\n\r\n").answer())
                    .startsWith("HTTP/1.1 508");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "-1", "x"})
    void hopsThatAreNoneOfOursBeginAnew(String hops) throws IOException, InterruptedException {
        assertThat(asked("x-k3j-ingress-hops: " + hops + "\r\n")).containsOnlyOnce("x-k3j-ingress-hops: 1\n");
    }
}
