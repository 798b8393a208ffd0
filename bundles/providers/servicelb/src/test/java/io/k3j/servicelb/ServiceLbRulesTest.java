package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServiceLbRulesTest {
    private static Set<BalancedPort> reserved(Map<String, Object> given) {
        ServiceLbSettings settings = (ServiceLbSettings) Proxy.newProxyInstance(
                ServiceLbSettings.class.getClassLoader(), new Class<?>[] {ServiceLbSettings.class},
                (_, method, _) -> given.getOrDefault(method.getName(), method.getDefaultValue()));
        return ServiceLbRules.of(settings).reserved();
    }

    @Test
    void noServiceGetsAPortThatTheServerHasByItsFlags() {
        BalancedPort supervisor = new BalancedPort("tcp", 9345);
        BalancedPort api = new BalancedPort("tcp", 7443);
        assertThat(reserved(Map.of("supervisorPort", 9345, "apiserverPort", 7443))).contains(supervisor, api);
        assertThat(reserved(Map.of())).contains(new BalancedPort("tcp", 6443)).doesNotContain(supervisor, api);
    }
}
