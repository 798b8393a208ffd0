package io.k3j.servercredentials;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Settings of a test: K3s' defaults and what the test says.
final class Given {
    private Given() {
    }

    /// `pairs` are names and values by turns.
    static SupervisorSettings settings(Path directory, Object... pairs) {
        Map<String, Object> values = new HashMap<>();
        values.put("dataDir", directory.toString());
        values.put("writeKubeconfig", directory.resolve("k3s.yaml").toString());
        values.put("nodeName", "node-1");
        values.put("nodeIp", new String[] {"192.0.2.7"});
        values.put("advertiseAddress", "192.0.2.7");
        values.put("rootless", true);
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], pairs[i + 1]);
        }
        return (SupervisorSettings) Proxy.newProxyInstance(SupervisorSettings.class.getClassLoader(),
                new Class<?>[] {SupervisorSettings.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
