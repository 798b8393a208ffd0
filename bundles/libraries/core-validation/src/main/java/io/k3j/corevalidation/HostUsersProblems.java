package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;

/// What a pod in a user namespace of its own cannot have, and what others cannot, as upstream's `validateHostUsers` and
/// `ValidateSecurityContext`. Pure. See <https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/>.
final class HostUsersProblems {
    private static final String FORBIDDEN = "when `hostUsers` is false";
    private static final List<String> SHARED = List.of("hostNetwork", "hostPID", "hostIPC");
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");

    private HostUsersProblems() {
    }

    /// @param p the place of the pod spec
    static void check(Struct spec, Problems p) {
        boolean hostUsers = spec.flag("hostUsers", true);
        if (!hostUsers) {
            SHARED.stream().filter(spec::flag).forEach(field -> p.at(told(field)).forbidden(FORBIDDEN));
        }
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size(); i++) {
                container(containers.struct(i), hostUsers, p.at(list, i));
            }
        }
    }

    /// Upstream names two of them as its own fields, not as the API's.
    private static String told(String field) {
        return switch (field) {
            case "hostPID" -> "HostPID";
            case "hostIPC" -> "HostIPC";
            default -> field;
        };
    }

    /// Devices keep the host's owners; what is masked in `/proc` protects the host from its own root only.
    private static void container(Struct container, boolean hostUsers, Problems p) {
        if (!hostUsers && !container.seq("volumeDevices").isEmpty()) {
            p.at("volumeDevices").forbidden(FORBIDDEN);
        }
        if (hostUsers && container.struct("securityContext").text("procMount").equals("Unmasked")) {
            p.at("securityContext").at("procMount").invalid("Unmasked", "`hostUsers` must be false to use `Unmasked`");
        }
    }
}
