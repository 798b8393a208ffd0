package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Paths of the kubelet's port that nobody serves.
class UnknownPathsTest {
    private final ManualClock clock = new ManualClock();
    private boolean allowed = true;

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, m, a) -> answers.to(m.getName(), a)));
    }

    private interface Answers {
        Object to(String method, Object[] arguments);
    }

    private FakeExchange get(String path, String authorization) throws IOException {
        ApiClient api = proxy(ApiClient.class, (_, a) -> Struct.of("status",
                ((Struct) a[3]).struct("spec").has("token")
                        ? Struct.of("authenticated", true, "user", Struct.of("username", "somebody"))
                        : Struct.of("allowed", allowed)));
        ContainerRuntime runtime = proxy(ContainerRuntime.class, (m, _) -> {
            throw new UnsupportedOperationException(m);
        });
        FakeExchange exchange = new FakeExchange("GET", path).with("authorization", authorization);
        new KubeletServer(proxy(KubeletHost.class, (m, _) -> switch (m) {
            case "nodeName" -> "n1";
            case "clock" -> clock;
            case "api" -> api;
            case "runtime" -> runtime;
            case "logDirectories" -> List.of();
            default -> throw new UnsupportedOperationException(m);
        }), () -> "").serve(exchange);
        return exchange;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//", "///", "/nothing", "//pods"})
    void areNotFound(String path) throws IOException {
        FakeExchange answer = get(path, "Bearer good");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.answer()).isEqualTo("404 page not found");
    }

    @Test
    void areToldToThoseAloneWhoAreLetIn() throws IOException {
        assertThat(get("//", "").status()).isEqualTo(401);
        allowed = false;
        assertThat(get("//", "Bearer good").status()).isEqualTo(403);
    }
}
