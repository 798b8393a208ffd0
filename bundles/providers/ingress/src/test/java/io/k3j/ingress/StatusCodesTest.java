package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// By which code answers are counted.
class StatusCodesTest {
    @ParameterizedTest
    @CsvSource({"200,200", "418,418", "499,499", "599,599", "600,6xx", "999,9xx"})
    void codesOfNoClassAreCountedTogether(String status, String label) throws Exception {
        Rig rig = new Rig();
        try (RawHttp client = rig.client()) {
            rig.to(endpoint(rig, status));
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 " + status);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 " + status);
            rig.metricsWith("traefik_entrypoint_requests_total{code=\"" + label
                    + "\",entrypoint=\"web\",method=\"GET\",protocol=\"http\"} 2");
        } finally {
            rig.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "100000", "099", "99", "0", "-1"})
    void codesThatAreNoneAreABadGateway(String status) throws Exception {
        Rig rig = new Rig();
        try (RawHttp client = rig.client()) {
            rig.to(endpoint(rig, status));
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).startsWith("HTTP/1.1 502");
        } finally {
            rig.close();
        }
    }

    private static int endpoint(Rig rig, String status) throws IOException {
        return rig.scripted((in, out) -> {
            while (true) {
                RawHttp.head(in);
                out.write(("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n").getBytes());
            }
        });
    }
}
