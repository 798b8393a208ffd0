package io.k3j.cricontainerd;

import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.time.Duration;

/// Who keeps the cgroups of a runtime that we have not configured. See
/// <https://kubernetes.io/docs/setup/production-environment/container-runtimes/#cgroup-drivers>.
final class CgroupDriver {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private CgroupDriver() {
    }

    /// Whether systemd does.
    /// @param otherwise what counts for a runtime that does not tell, as containerd before 2.0
    static boolean systemd(Cri cri, boolean otherwise) {
        try {
            return systemd(cri.runtime("RuntimeConfig", Struct.EMPTY, LIMIT), otherwise);
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.INFO, "the runtime does not tell its cgroup driver systemd={0} error={1}",
                    otherwise, e.getMessage());
            return otherwise;
        }
    }

    /// What a `RuntimeConfigResponse` says. SYSTEMD is zero, so it is not in the message.
    static boolean systemd(Struct answer, boolean otherwise) {
        return answer.has("linux") ? !answer.struct("linux").text("cgroupDriver").equals("CGROUPFS") : otherwise;
    }
}
