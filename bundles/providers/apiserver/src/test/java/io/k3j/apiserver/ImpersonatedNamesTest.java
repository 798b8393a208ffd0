package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import io.k3j.apiserverapi.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whom a request wants to act as, in letters other than those of ASCII.
class ImpersonatedNamesTest {
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    /// As the edge hands a header on: a character for each byte.
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void areThoseThatWereSent() throws IOException {
        List<Caller> callers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        server.contributions.authorizers().add((caller, what) -> {
            callers.add(caller);
            names.add(what.name());
            return new Decision(Verdict.ALLOW, "");
        }, Map.of("name", "RBAC"));
        TestExchange request = new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                .with("authorization", "Bearer eve").with("impersonate-user", bytes("jané"))
                .with("impersonate-uid", bytes("ü-1")).with("impersonate-group", bytes("größte"))
                .with("impersonate-extra-why", bytes("日本"));
        assertThat(server.serve(request).status()).isEqualTo(200);
        assertThat(names).as("what the permission is asked for").contains("jané", "ü-1", "größte", "日本");
        Caller acting = callers.getLast();
        assertThat(acting.user()).isEqualTo("jané");
        assertThat(acting.uid()).isEqualTo("ü-1");
        assertThat(acting.groups()).contains("größte");
        assertThat(acting.extra()).isEqualTo(Map.of("why", List.of("日本")));
    }
}
