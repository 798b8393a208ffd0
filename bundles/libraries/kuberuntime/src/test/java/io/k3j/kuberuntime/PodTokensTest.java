package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PodTokensTest {
    private final Obj pod = Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "default", "uid", "u")));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean away;
    private int given;
    private final PodTokens tokens = new PodTokens((ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
            new Class<?>[] {ApiClient.class}, (_, _, _) -> {
                if (away) {
                    throw ApiFault.unavailable("no server is reachable");
                }
                return Struct.of("spec", Struct.of("expirationSeconds", 3600), "status",
                        Struct.of("token", "t" + ++given));
            }), () -> now);

    @Test
    void whileNoServerAnswersTheOneBeforeIsGoodUntilItsEnd() {
        assertThat(tokens.of(pod, "", 3600)).isEqualTo("t1");
        now = now.plusSeconds(2900);
        away = true;
        assertThat(tokens.of(pod, "", 3600)).as("it would be renewed").isEqualTo("t1");
        away = false;
        assertThat(tokens.of(pod, "", 3600)).isEqualTo("t2");
        now = now.plusSeconds(3601);
        away = true;
        assertThatThrownBy(() -> tokens.of(pod, "", 3600)).isInstanceOf(ConfigError.class);
    }
}
