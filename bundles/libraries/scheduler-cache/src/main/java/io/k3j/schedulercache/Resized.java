package io.k3j.schedulercache;

import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import io.k3j.model.Struct;

/// What a pod takes while its resources are being changed in place, as upstream's `PodRequests` with
/// `UseStatusResources`: the most of what is wished, what the node has allocated and what is in force. What the node
/// can never give is not counted, or a wish would close the node to everybody else. Pure.
/// See <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
record Resized(Struct status, boolean infeasible) {
    Resized(Obj pod) {
        this(pod.status(), Conditions.find(pod.status().seq("conditions"), "PodResizePending")
                .filter(c -> c.text("status").equals("True") && c.text("reason").equals("Infeasible")).isPresent());
    }

    /// Of a container: only those that go on running are resized.
    ResourceAmounts requests(Struct container, ResourceAmounts wished) {
        String name = container.text("name");
        Struct running = status.seq("containerStatuses").find("name", name);
        if (running.isEmpty() && container.text("restartPolicy").equals("Always")) {
            running = status.seq("initContainerStatuses").find("name", name);
        }
        return counted(running, wished);
    }

    /// Of the pod as a whole.
    ResourceAmounts requests(ResourceAmounts wished) {
        return counted(status, wished);
    }

    private ResourceAmounts counted(Struct actual, ResourceAmounts wished) {
        if (!actual.has("resources")) {
            return wished;
        }
        ResourceAmounts given = ResourceAmounts.of(actual.struct("resources").struct("requests"))
                .max(ResourceAmounts.of(actual.struct("allocatedResources")));
        return infeasible ? given : given.max(wished);
    }
}
