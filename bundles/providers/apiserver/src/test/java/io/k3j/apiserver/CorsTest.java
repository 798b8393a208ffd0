package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apiwatches.Watches;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.datastorememory.MemoryDatastore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsTest {
    private static final String ORIGIN = "https://console.example.com";
    private static final String ALLOWED = "access-control-allow-origin";

    private static TestServer server(CorsOrigins origins) {
        return new TestServer(new MemoryDatastore(), new Core.Policy(Set.of(), Set.of(), Set.of(),
                AnonymousAuth.NOWHERE, false, 600, false, Watches.LEAST, 0, origins, StrictTransport.NONE,
                false));
    }

    private static CorsOrigins console() {
        return CorsOrigins.of("--kube-apiserver-arg", List.of("//console\\.example\\.com$"));
    }

    private static TestExchange asked(TestServer server, String method, String path, String origin)
            throws IOException {
        return server.serve(new TestExchange(method, path, new byte[0]).with("origin", origin));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/namespaces/a/configmaps", "/api/v1/namespaces/a/configmaps?watch=1", "/version",
            "/api/v1/namespaces/a/configmaps/missing"})
    void pagesOfAnAllowedOriginMayReadAnswers(String path) throws IOException {
        try (TestServer server = server(console())) {
            TestExchange answer = asked(server, "GET", path, ORIGIN);
            assertThat(answer.answered(ALLOWED)).isEqualTo(ORIGIN);
            assertThat(answer.answered("access-control-allow-credentials")).isEqualTo("true");
            assertThat(answer.answered("access-control-expose-headers")).isEqualTo("Date");
            assertThat(answer.answered("content-type")).isNotEmpty();
        }
    }

    @Test
    void pagesOfOtherOriginsMayNot() throws IOException {
        try (TestServer server = server(console()); TestServer without = server(CorsOrigins.NONE)) {
            assertThat(asked(server, "GET", "/version", "https://evil.org").answered(ALLOWED)).isEmpty();
            assertThat(server.get("/version").answered(ALLOWED)).isEmpty();
            assertThat(asked(without, "GET", "/version", ORIGIN).answered(ALLOWED)).isEmpty();
        }
    }

    /// It comes without credentials, whoever sends the request behind it.
    @Test
    void theQuestionBeforeARequestNeedsNoCredentials() throws IOException {
        try (TestServer server = server(console())) {
            AtomicInteger looked = new AtomicInteger();
            server.contributions.authenticators().add(c -> {
                looked.incrementAndGet();
                return Optional.empty();
            }, Map.of("service.ranking", 9));
            TestExchange answer = asked(server, "OPTIONS", "/api/v1/namespaces/a/configmaps", ORIGIN);
            assertThat(answer.status()).isEqualTo(204);
            assertThat(looked).hasValue(0);
            assertThat(answer.answered("access-control-allow-methods"))
                    .isEqualTo("POST, GET, OPTIONS, PUT, DELETE, PATCH");
            assertThat(answer.answered("access-control-allow-headers")).contains("Authorization");
            assertThat(asked(server, "OPTIONS", "/version", "https://evil.org").status()).isNotEqualTo(204);
        }
    }
}
