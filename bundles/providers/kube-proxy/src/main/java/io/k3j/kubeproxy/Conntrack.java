package io.k3j.kubeproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The sizes and times of connection tracking that `--kube-proxy-arg=conntrack-…` asks for. K3s' defaults ask for
/// nothing.
final class Conntrack {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeproxy");
    private static final Path DIRECTORY = Path.of("/proc/sys/net/netfilter");

    private Conntrack() {
    }

    /// Writes them. One that the kernel refuses, as `nf_conntrack_max` in a network namespace, is told in the log.
    static void size(Map<String, String> sysctls) {
        sysctls.forEach((name, value) -> {
            try {
                Files.writeString(DIRECTORY.resolve(name), value);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot set connection tracking sysctl={0} value={1} error={2}",
                        name, value, e.getMessage());
            }
        });
    }
}
