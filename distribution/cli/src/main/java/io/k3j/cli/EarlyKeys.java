package io.k3j.cli;

import java.util.List;

/// The single keys of the configuration that every command looks at.
record EarlyKeys(String dataDir, String kubeconfig) {
    /// From the environment and the configuration file; other keys are not looked at.
    static EarlyKeys of(Host host) {
        String file = host.environment().getOrDefault("K3S_CONFIG_FILE", "/etc/rancher/k3s/config.yaml");
        ConfigFiles config = ConfigFiles.read(file, false);
        return new EarlyKeys(
                value(config, "data-dir", host.environment().getOrDefault("K3S_DATA_DIR", ""),
                        host.root() ? "/var/lib/rancher/k3s" : host.home() + "/.rancher/k3s"),
                value(config, "write-kubeconfig", host.environment().getOrDefault("K3S_KUBECONFIG_OUTPUT", ""),
                        host.root() ? "/etc/rancher/k3s/k3s.yaml" : host.home() + "/.kube/k3s.yaml"));
    }

    private static String value(ConfigFiles config, String key, String variable, String preset) {
        List<ConfigFiles.Value> values = config.keys().getOrDefault(key, List.of());
        return !variable.isEmpty() ? variable : values.isEmpty() ? preset : values.getLast().text();
    }
}
