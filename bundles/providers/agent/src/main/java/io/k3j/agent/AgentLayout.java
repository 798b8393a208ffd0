package io.k3j.agent;

import java.nio.file.Path;

/// The paths of an agent's files, as in K3s.
///
/// @param dataDir `--data-dir`
/// @param nodePassword the file of the node's password
record AgentLayout(Path dataDir, Path nodePassword) {
    /// The layout for these settings.
    static AgentLayout of(AgentSettings settings) {
        Path dataDir = Path.of(settings.dataDir()).toAbsolutePath();
        boolean root = "root".equals(System.getProperty("user.name"));
        return new AgentLayout(dataDir, root && !settings.rootless() ? Path.of("/etc/rancher/node/password")
                : dataDir.resolve("agent/etc/rancher/node/password"));
    }

    /// A file in `agent/`.
    Path agent(String name) {
        return dataDir.resolve("agent").resolve(name);
    }

    /// The file of a load balancer's known servers.
    Path balancerFile(String balancer) {
        return agent("etc/" + balancer + ".json");
    }

    /// The cluster's last configuration; K3j's own file, for starts without a server.
    Path clusterFile() {
        return agent("etc/cluster-config.json");
    }
}
