package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    /// By upstream's hashes, which clients compare.
    @Test
    void saysInWhichVersionAResourceIsStored() throws Exception {
        Seq resources = Json.object(server.get("/api/v1").bytes()).seq("resources");
        assertThat(resources.find("name", "configmaps").text("storageVersionHash")).isEqualTo("qFsyl6wFWjQ=");
        assertThat(resources.find("name", "pods").text("storageVersionHash")).isEqualTo("xPOwRZ+Yhw8=");
        assertThat(resources.find("name", "pods/status").has("storageVersionHash")).isFalse();
    }

    /// Beside the issuer's documents, which nobody contributes here, there is nothing.
    @Test
    void whatIsNoDocumentOfTheIssuerIsNotFound() throws Exception {
        assertThat(server.get("/.well-known/openid-configuration").status()).isEqualTo(503);
        assertThat(server.get("/.well-known/security.txt").status()).isEqualTo(404);
        assertThat(server.get("/openid/v1").status()).isEqualTo(404);
    }
}
