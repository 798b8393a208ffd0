package io.k3j.agent;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/// Settings of a test.
final class TestSettings {
    private TestSettings() {
    }

    /// Node `n` with two addresses.
    static AgentSettings of(String server, String token) {
        return of(server, token, Map.of());
    }

    /// As above, with further values.
    static AgentSettings of(String server, String token, Map<String, Object> more) {
        Map<String, Object> given = new HashMap<>(Map.of("server", server, "token", token, "nodeName", "n", "nodeIp",
                new String[] {"192.0.2.7"}, "nodeExternalIp", new String[] {"::7"}));
        given.putAll(more);
        return (AgentSettings) Proxy.newProxyInstance(AgentSettings.class.getClassLoader(),
                new Class<?>[] {AgentSettings.class},
                (proxy, method, arguments) -> given.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
