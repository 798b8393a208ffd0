package io.k3j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The single keys of the configuration that every command looks at.
/// @param kubeconfig by which commands reach the cluster: where nobody says otherwise root's where it is there, which
/// `--write-kubeconfig-mode` and `--write-kubeconfig-group` open, else the user's own
record EarlyKeys(String dataDir, String kubeconfig) {
    private static final Path OF_ROOT = Path.of("/etc/rancher/k3s/k3s.yaml");

    /// From the environment and the configuration file; other keys are not looked at.
    static EarlyKeys of(Host host) {
        return of(host, OF_ROOT);
    }

    /// @param ofRoot where root's kubeconfig is
    static EarlyKeys of(Host host, Path ofRoot) {
        String file = host.environment().getOrDefault("K3S_CONFIG_FILE", "/etc/rancher/k3s/config.yaml");
        ConfigFiles config = ConfigFiles.read(file, false);
        return new EarlyKeys(
                value(config, "data-dir", host.environment().getOrDefault("K3S_DATA_DIR", ""),
                        host.root() ? "/var/lib/rancher/k3s" : host.home() + "/.rancher/k3s"),
                value(config, "write-kubeconfig", host.environment().getOrDefault("K3S_KUBECONFIG_OUTPUT", ""),
                        host.root() || Files.exists(ofRoot) ? ofRoot.toString() : host.home() + "/.kube/k3s.yaml"));
    }

    private static String value(ConfigFiles config, String key, String variable, String preset) {
        List<ConfigFiles.Value> values = config.keys().getOrDefault(key, List.of());
        String text = values.isEmpty() ? variable : values.getLast().text();
        return text.isEmpty() ? preset : text;
    }
}
