package io.k3j.clienthttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When a request is made again because its server wishes it.
class ConnectionTest {
    @ParameterizedTest
    @CsvSource({"429,2,2", "429,0,0", "429,30,30", "429,31,30", "429,4294967296,30", "429,99999999999999999999999,30",
            "429,'',1", "429,-5,1", "429,'Wed, 21 Oct 2026 07:28:00 GMT',1"})
    void aServersWishIsFollowedWithinALimit(int status, String wish, long seconds) {
        assertThat(Connection.pause(status, wish)).hasValue(seconds);
    }

    @ParameterizedTest
    @CsvSource({"503,''", "503,1", "409,1", "404,1"})
    void othersHaveTheirAnswer(int status, String wish) {
        assertThat(Connection.pause(status, wish)).isEmpty();
    }

    @Test
    void whoIsAskedToComeAgainDoes(@TempDir Path directory) throws IOException {
        try (ScriptedServer server = new ScriptedServer(directory)) {
            server.kubeconfig("kubeproxy", "system:kube-proxy");
            server.refuse(429, "TooManyRequests", "0").answer("{}");
            try (Connection connection = new Connection(directory.resolve("kubeproxy.kubeconfig"), "test",
                    new RestMetrics())) {
                byte[] answer = connection.send(new Connection.Request("POST", "/api/v1/nodes", "application/json",
                        "{}".getBytes(StandardCharsets.UTF_8)));
                assertThat(answer).asString().isEqualTo("{}");
            }
            assertThat(server.requests).hasSize(2);
        }
    }
}
