package io.k3j.agent;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/// Settings as a test needs them.
final class TestSettings {
    private TestSettings() {
    }

    /// Node `n` with two addresses.
    static Settings of(String server, String token) {
        return of(server, token, Map.of());
    }

    /// The same, and these.
    static Settings of(String server, String token, Map<String, Object> more) {
        Map<String, Object> given = new HashMap<>(Map.of("server", server, "token", token, "nodeName", "n", "nodeIp",
                new String[] {"192.0.2.7"}, "nodeExternalIp", new String[] {"::7"}));
        given.putAll(more);
        return (Settings) Proxy.newProxyInstance(Settings.class.getClassLoader(), new Class<?>[] {Settings.class},
                (proxy, method, arguments) -> given.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
