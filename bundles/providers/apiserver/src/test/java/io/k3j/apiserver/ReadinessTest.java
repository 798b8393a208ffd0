package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.util.List;
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

    /// As upstream: without its KMS plug-in a server is no reason to start it again.
    @Test
    void isThatOfKmsPluginsToo() throws IOException {
        try (TestServer server = new TestServer()) {
            assertThat(server.get("/readyz?verbose").text()).doesNotContain("kms-providers");
            HealthScope plugins = server.health.scope("kms-providers");
            plugins.ok();
            assertThat(server.get("/readyz?verbose").text()).contains("[+]kms-providers ok");
            plugins.degraded("kms-provider-0: words of a plug-in");
            for (String check : List.of("/readyz", "/healthz", "/readyz/kms-providers", "/healthz/kms-providers")) {
                TestExchange failed = server.get(check);
                assertThat(failed.status()).as(check).isEqualTo(500);
                assertThat(failed.text()).contains("kms-providers failed").doesNotContain("words");
            }
            assertThat(server.get("/livez").text()).isEqualTo("ok");
            assertThat(server.get("/livez?verbose").text()).doesNotContain("kms-providers");
        }
    }
}
