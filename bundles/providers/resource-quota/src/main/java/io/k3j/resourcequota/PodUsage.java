package io.k3j.resourcequota;

import io.k3j.apimachinery.Names;
import io.k3j.componenthelpers.ContainerAggregate;
import io.k3j.model.Struct;
import java.util.Set;

/// What a pod asks for in all: containers, sidecars, init containers, the pod as a whole, overhead; and, while it is
/// resized, the larger of what it asks for and what its node has given it. As upstream's `PodRequests` and `PodLimits`
/// with `UseStatusResources`. Pure.
final class PodUsage {
    /// Of these a node may promise more than it has; a quota knows their limits too.
    static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");
    private static final ContainerAggregate<ResourceList> SUM = new ContainerAggregate<>(ResourceList.EMPTY,
            ResourceList::plus, ResourceList::larger);

    private PodUsage() {
    }

    /// Whether a resource is a vendor's, as `example.com/gpu`; with `requests.` before it as a quota names it.
    static boolean extended(String name) {
        return name.contains("/") && !name.contains("kubernetes.io/") && Names.qualified("requests." + name).isEmpty();
    }

    /// Whether the pod as a whole says what it needs, so that its containers need not.
    static boolean saysAsAWhole(Struct spec) {
        return !whole(spec, "requests").isEmpty() || !whole(spec, "limits").isEmpty();
    }

    private static ResourceList whole(Struct spec, String side) {
        return ResourceList.of(spec.struct("resources").struct(side))
                .only(n -> n.equals("cpu") || n.equals("memory") || n.startsWith("hugepages-"));
    }

    static ResourceList requests(Struct pod) {
        Struct spec = pod.struct("spec");
        ResourceList all = replaced(SUM.of(spec, c -> container(pod, c, "requests")), pod, "requests");
        return all.plus(ResourceList.of(spec.struct("overhead")));
    }

    /// Overhead counts where there is a limit at all.
    static ResourceList limits(Struct pod) {
        Struct spec = pod.struct("spec");
        ResourceList all = replaced(SUM.of(spec, c -> container(pod, c, "limits")), pod, "limits");
        return all.plus(ResourceList.of(spec.struct("overhead")).only(all::has));
    }

    /// What the pod says as a whole stands for what its containers say.
    private static ResourceList replaced(ResourceList sum, Struct pod, String side) {
        ResourceList whole = whole(pod.struct("spec"), side);
        if (whole.isEmpty()) {
            return sum;
        }
        ResourceList given = given(pod.struct("status"), side).only(whole::has);
        ResourceList own = infeasible(pod) && !given.isEmpty() ? given : whole.larger(given);
        return sum.only(n -> !own.has(n)).plus(own);
    }

    private static ResourceList container(Struct pod, Struct container, String side) {
        ResourceList asked = ResourceList.of(container.struct("resources").struct(side));
        Struct status = status(pod, container);
        if (!status.has("resources")) {
            return asked;
        }
        ResourceList given = given(status, side);
        return infeasible(pod) ? given : asked.larger(given);
    }

    private static ResourceList given(Struct status, String side) {
        ResourceList running = ResourceList.of(status.struct("resources").struct(side));
        return side.equals("limits") ? running
                : running.larger(ResourceList.of(status.struct("allocatedResources")));
    }

    /// Of containers that run along: ordinary ones and sidecars.
    private static Struct status(Struct pod, Struct container) {
        String name = container.text("name");
        Struct status = pod.struct("status");
        Struct own = status.seq("containerStatuses").find("name", name);
        boolean sidecar = own.isEmpty() && container.text("restartPolicy").equals("Always");
        return sidecar ? status.seq("initContainerStatuses").find("name", name) : own;
    }

    /// Whether its node will never give the pod what it was resized to.
    private static boolean infeasible(Struct pod) {
        return pod.struct("status").seq("conditions").find("type", "PodResizePending").text("reason")
                .equals("Infeasible");
    }
}
