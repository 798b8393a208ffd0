package io.k3j.agent;

import java.nio.file.Path;

/// Where K3s keeps an agent's files.
///
/// @param dataDir `--data-dir`
/// @param nodePassword the file of the node's password
record Layout(Path dataDir, Path nodePassword) {
    /// The layout for these settings.
    static Layout of(Settings settings) {
        Path dataDir = Path.of(settings.dataDir()).toAbsolutePath();
        boolean root = "root".equals(System.getProperty("user.name"));
        return new Layout(dataDir, root && !settings.rootless() ? Path.of("/etc/rancher/node/password")
                : dataDir.resolve("agent/etc/rancher/node/password"));
    }

    /// A file in `agent/`.
    Path agent(String name) {
        return dataDir.resolve("agent").resolve(name);
    }

    /// What the load balancer of that name remembers.
    Path balancerFile(String balancer) {
        return agent("etc/" + balancer + ".json");
    }

    /// What the cluster last said of itself; ours, for starts without a server.
    Path clusterFile() {
        return agent("etc/cluster-config.json");
    }
}
