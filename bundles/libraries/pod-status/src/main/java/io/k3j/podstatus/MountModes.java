package io.k3j.podstatus;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Struct;
import java.util.function.BooleanSupplier;

/// How a volume is mounted: how mounts below it spread, and whether it is read-only with all of them. Pure. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/#read-only-mounts>.
public final class MountModes {
    private static final String RECURSIVE = "recursiveReadOnly";

    private MountModes() {
    }

    /// A `Mount` of CRI with the modes of a `volumeMount`.
    ///
    /// @param recursive whether the runtime can mount read-only with all that is below; asked where a mount needs it
    /// @throws ConfigError when it cannot
    public static Struct mark(Struct volumeMount, Struct mount, BooleanSupplier recursive) {
        Struct spread = mount.with("propagation", switch (volumeMount.text("mountPropagation")) {
            case "HostToContainer" -> "PROPAGATION_HOST_TO_CONTAINER";
            case "Bidirectional" -> "PROPAGATION_BIDIRECTIONAL";
            default -> "PROPAGATION_PRIVATE";
        });
        if (!recursivelyReadOnly(volumeMount)) {
            return spread;
        }
        if (!recursive.getAsBoolean()) {
            throw ConfigError.config("failed to resolve recursive read-only mode: volume \"" + volumeMount.text("name")
                    + "\" requested recursive read-only mode, but it is not supported by the runtime");
        }
        return spread.with(RECURSIVE, true);
    }

    /// Whether nothing below the mount may be written to. `IfPossible` is not: whether it was possible would be known
    /// to the runtime alone.
    static boolean recursivelyReadOnly(Struct volumeMount) {
        return volumeMount.text(RECURSIVE).equals("Enabled");
    }

    /// What a container's status says of a mount that is read-only.
    static String told(Struct volumeMount) {
        return recursivelyReadOnly(volumeMount) ? "Enabled" : "Disabled";
    }
}
