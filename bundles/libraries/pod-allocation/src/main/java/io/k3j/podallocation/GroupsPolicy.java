package io.k3j.podallocation;

import io.k3j.model.Obj;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podstatus.PodStatus;
import java.util.Optional;

/// Pods whose processes have no groups but those the pod names. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#supplementalgroupspolicy>.
public final class GroupsPolicy {
    private GroupsPolicy() {
    }

    /// Why this node cannot run such a pod. While the runtime does not answer it cannot: what it would leave out is not
    /// told later.
    public static Optional<PodStatus.Waiting> refusal(Obj pod, ContainerRuntime runtime) {
        boolean strict = pod.spec().struct("securityContext").text("supplementalGroupsPolicy").equals("Strict");
        return !strict || supported(runtime) ? Optional.empty()
                : Optional.of(new PodStatus.Waiting("SupplementalGroupsPolicyNotSupported",
                        "SupplementalGroupsPolicy=Strict is not supported in this node"));
    }

    private static boolean supported(ContainerRuntime runtime) {
        try {
            return runtime.supplementalGroupsPolicy();
        } catch (RuntimeFault e) {
            return false;
        }
    }
}
