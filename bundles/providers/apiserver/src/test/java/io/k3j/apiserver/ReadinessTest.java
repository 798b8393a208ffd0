package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void waitsForTheSystemNamespaces() throws IOException {
        try (TestServer server = new TestServer()) {
            server.namespaces = false;
            TestExchange early = server.get("/readyz");
            assertThat(early.status()).isEqualTo(500);
            assertThat(early.text()).contains("[-]poststarthook/start-system-namespaces-controller failed");
            server.namespaces = true;
            assertThat(server.get("/readyz").text()).isEqualTo("ok");
        }
    }
}
