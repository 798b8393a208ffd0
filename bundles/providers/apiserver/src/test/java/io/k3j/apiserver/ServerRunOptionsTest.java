package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class ServerRunOptionsTest {
    private static int seats(String... args) {
        ApiServerSettings settings = (ApiServerSettings) Proxy.newProxyInstance(
                ApiServerSettings.class.getClassLoader(), new Class<?>[] {ApiServerSettings.class},
                (proxy, method, given) -> switch (method.getName()) {
                    case "kubeApiserverArg" -> args;
                    case "advertiseAddress" -> "127.0.0.1";
                    default -> method.getDefaultValue();
                });
        return ServerRunOptions.of(settings).policy().seats();
    }

    @Test
    void theSeatsAreBothNumbersOfRequestsTogether() {
        assertThat(seats()).isEqualTo(600);
        assertThat(seats("max-requests-inflight=50")).isEqualTo(250);
        assertThat(seats("max-requests-inflight=50", "max-mutating-requests-inflight=0")).isEqualTo(50);
        assertThat(seats("enable-priority-and-fairness=true")).isEqualTo(600);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> seats("max-requests-inflight=many"))
                .hasMessageContaining("--kube-apiserver-arg=max-requests-inflight=many").hasMessageContaining("400");
        assertThatThrownBy(() -> seats("max-mutating-requests-inflight=-1")).hasMessageContaining("=-1");
        assertThatThrownBy(() -> seats("max-requests-inflight=0", "max-mutating-requests-inflight=0"))
                .hasMessageContaining("no request would be served");
        assertThatThrownBy(() -> seats("enable-priority-and-fairness=false"))
                .hasMessageContaining("--kube-apiserver-arg=enable-priority-and-fairness=false");
    }
}
