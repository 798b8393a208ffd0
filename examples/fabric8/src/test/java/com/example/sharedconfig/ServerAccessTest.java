package com.example.sharedconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Plan;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerAccessTest {
    private final ManualClock clock = new ManualClock();
    private final List<Struct> asked = new ArrayList<>();

    private static String address(String bound) {
        return ServerAccess.address(new Plan("server", Path.of("/data"), Path.of("/features"),
                Map.of("httpsListenPort", "6443", "bindAddress", bound), Set.of(), Map.of()));
    }

    private Struct answer(Struct request) {
        asked.add(request);
        return Struct.of("status", Struct.of("token", "token-" + asked.size(), "expirationTimestamp",
                clock.instant().plus(Duration.ofHours(1)).toString()));
    }

    @Test
    void theServerIsReachedWhereItListens() {
        assertThat(address("")).isEqualTo("https://127.0.0.1:6443");
        assertThat(address("0.0.0.0")).isEqualTo("https://127.0.0.1:6443");
        assertThat(address("::")).isEqualTo("https://[::1]:6443");
        assertThat(address("192.0.2.1")).isEqualTo("https://192.0.2.1:6443");
        assertThat(address("2001:db8::1")).isEqualTo("https://[2001:db8::1]:6443");
    }

    @Test
    void aTokenIsUsedUntilItIsNearItsEnd() {
        var tokens = new ServiceAccountTokens(this::answer, clock);
        assertThat(tokens.getToken()).isEqualTo("token-1");
        clock.step(Duration.ofMinutes(49));
        assertThat(tokens.getToken()).isEqualTo("token-1");
        clock.step(Duration.ofMinutes(1));
        assertThat(tokens.getToken()).isEqualTo("token-2");
    }

    @Test
    void whatIsRefusedIsAFailureOfTheClient() {
        var tokens = new ServiceAccountTokens(request -> {
            throw ApiFault.unavailable("the API server is being replaced");
        }, clock);
        assertThatThrownBy(tokens::getToken).isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("the API server is being replaced");
    }
}
