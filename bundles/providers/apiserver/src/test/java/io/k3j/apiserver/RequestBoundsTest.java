package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Limits of a single request.
class RequestBoundsTest {
    private final TestServer server = new TestServer();
    /// The rights of `mallory`: `verb resource[/subresource]`.
    private final Set<String> allowed = new CopyOnWriteArraySet<>();

    @BeforeEach
    void authorize() {
        server.contributions.authorizers().add((caller, what) -> new Decision(
                allowed.contains(what.verb() + " " + what.resource()
                        + (what.subresource().isEmpty() ? "" : "/" + what.subresource()))
                                ? Verdict.ALLOW : Verdict.NO_OPINION,
                ""), Map.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void deletecollectionAcrossNamespacesIsRefused() throws IOException {
        server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
        assertThat(server.call("DELETE", "/api/v1/configmaps", "").status()).isEqualTo(405);
        assertThat(server.get("/api/v1/namespaces/a/configmaps/x").status()).isEqualTo(200);
    }

    @Test
    void warningsOfManyUnknownFieldsAreBounded() throws IOException {
        StringBuilder body = new StringBuilder("{\"metadata\":{\"name\":\"x\"}");
        for (int i = 0; i < 200_000; i++) {
            body.append(",\"f").append(i).append("\":1");
        }
        TestExchange made = server.call("POST", "/api/v1/namespaces/a/configmaps", body.append('}').toString());
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.answered("warning")).contains("unknown field \\\"f0\\\"");
        assertThat(made.answered("warning").length()).isLessThan(8 << 10);
        TestExchange split = server.call("POST", "/api/v1/namespaces/a/configmaps",
                "{\"metadata\":{\"name\":\"y\"},\"a\\r\\nSet-Cookie: b\":1}");
        assertThat(split.answered("warning")).isEqualTo("299 - \"unknown field \\\"a??Set-Cookie: b\\\"\"");
    }

    @Test
    void anObjectTooLargeForAnyStoreIsRefusedBeforeTheCommit() throws IOException {
        String value = "x".repeat(2 << 20);
        TestExchange large = server.call("POST", "/api/v1/namespaces/a/configmaps",
                "{\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"" + value + "\"}}");
        assertThat(large.status()).isEqualTo(500);
        assertThat(large.text()).contains("etcdserver: request is too large");
        assertThat(server.get("/api/v1/namespaces/a/configmaps/x").status()).isEqualTo(404);
        server.call("POST", "/api/v1/namespaces/a/configmaps",
                "{\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"" + value.substring(1 << 20) + "\"}}");
        String patch = "{\"data\":{\"l\":\"" + value + value.substring((1 << 20) + 1000) + "\"}}";
        TestExchange patched = server.serve(new TestExchange("PATCH", "/api/v1/namespaces/a/configmaps/x",
                patch.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .with("content-type", "application/merge-patch+json"));
        assertThat(patched.status()).isEqualTo(413);
        assertThat(patched.text()).contains("Request entity too large: limit is 3145728");
    }
}
