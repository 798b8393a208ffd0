package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.time.Duration;

/// Asks an external runtime for its cgroup driver. See
/// <https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers>.
final class RuntimeConfig {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private RuntimeConfig() {
    }

    /// Whether the driver is systemd.
    /// @param otherwise the result for a runtime without this call, as containerd before 2.0
    static boolean systemd(Cri cri, boolean otherwise) {
        try {
            return systemd(cri.runtime("RuntimeConfig", Struct.EMPTY, LIMIT), otherwise);
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.INFO,
                    "Container runtime does not report its cgroup driver systemd={0} error={1}",
                    otherwise, e.getMessage());
            return otherwise;
        }
    }

    /// Reads a `RuntimeConfigResponse`. SYSTEMD is the zero value, which is absent from the message.
    static boolean systemd(Struct answer, boolean otherwise) {
        return answer.has("linux") ? !answer.struct("linux").text("cgroupDriver").equals("CGROUPFS") : otherwise;
    }
}
