package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;

/// Whether a container that has ended is started again: its own rules first, then its own policy, then the pod's; pure.
/// See <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules>.
public final class RestartRules {
    private RestartRules() {
    }

    /// Whether one that ended with an exit code is to be started again. The first rule that the code matches decides;
    /// each of them asks for a restart.
    ///
    /// @param container a container proper, or an init container that is no sidecar
    public static boolean restarts(Obj pod, Struct container, int exitCode) {
        return ruled(container, exitCode) || switch (policy(pod, container)) {
            case "OnFailure" -> exitCode != 0;
            case "Never" -> false;
            default -> true;
        };
    }

    /// Whether one that ended with an exit code has all containers of the pod started again: the first rule that the
    /// code matches says so.
    public static boolean restartsAll(Struct container, int exitCode) {
        return container.has("restartPolicy") && container.seq("restartPolicyRules").structs().stream()
                .filter(rule -> matches(rule.struct("exitCodes"), exitCode)).findFirst()
                .filter(RestartRules::ofAll).isPresent();
    }

    /// Whether it has a rule that may have all containers started again.
    static boolean mayRestartAll(Struct container) {
        return container.has("restartPolicy")
                && container.seq("restartPolicyRules").structs().stream().anyMatch(RestartRules::ofAll);
    }

    private static boolean ofAll(Struct rule) {
        return rule.text("action").equals("RestartAllContainers");
    }

    /// Whether there is an exit code with which it is started again. One that is killed for its probe comes back then.
    public static boolean restartable(Obj pod, Struct container) {
        return !policy(pod, container).equals("Never")
                || container.has("restartPolicy") && !container.seq("restartPolicyRules").isEmpty();
    }

    private static String policy(Obj pod, Struct container) {
        return container.text("restartPolicy", PodSpecs.restartPolicy(pod));
    }

    /// Rules count beside a policy of the container's own only, which validation asks for.
    private static boolean ruled(Struct container, int exitCode) {
        return container.has("restartPolicy") && container.seq("restartPolicyRules").structs().stream()
                .anyMatch(rule -> matches(rule.struct("exitCodes"), exitCode));
    }

    private static boolean matches(Struct codes, int exitCode) {
        return switch (codes.text("operator")) {
            case "In" -> holds(codes, exitCode);
            case "NotIn" -> !holds(codes, exitCode);
            default -> false;
        };
    }

    private static boolean holds(Struct codes, int exitCode) {
        return codes.seq("values").stream().anyMatch(v -> v instanceof Number n && n.longValue() == exitCode);
    }
}
