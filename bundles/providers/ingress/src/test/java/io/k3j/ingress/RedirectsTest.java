package io.k3j.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.ingressresources.IngressValues;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Requests that are sent to the other entry point.
class RedirectsTest {
    @Test
    void requestsWithoutTlsAreSentToTheSamePlaceOverIt() throws Exception {
        Rig rig = new Rig();
        rig.to(rig.echo());
        rig.use(new IngressValues(Map.of(EntryPoint.WEBSECURE, 8443), Struct.EMPTY, true, false,
                new IngressValues.Redirection(false, 8443), List.of()));
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET /x?y=%0d HTTP/1.1\r\nHost: A.test:80\r\n\r\n").answer())
                    .startsWith("HTTP/1.1 302").containsIgnoringCase("location: https://a.test:8443/x?y=%0d\r\n");
            assertThat(client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n").answer())
                    .startsWith("HTTP/1.1 307");
        }
        assertThat(rig.seen).isEmpty();
        rig.use(IngressValues.NONE);
        try (RawHttp client = rig.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer()).endsWith("hello");
        }
        rig.close();
    }
}
