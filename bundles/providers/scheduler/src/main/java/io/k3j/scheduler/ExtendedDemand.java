package io.k3j.scheduler;

import io.k3j.componenthelpers.PodClaim;
import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.deviceallocation.ClaimedRequests;
import io.k3j.deviceallocation.ExtendedClaim;
import io.k3j.deviceallocation.ExtendedResources;
import io.k3j.model.Obj;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.ResourceAmounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Extended resources of a pod that DeviceClasses stand for. On a node that offers some itself, by a device plug-in,
/// they are the node's; on others they are devices of a claim that is made for the pod. For one thread.
final class ExtendedDemand {
    private final PodInfo pod;
    private final ClaimedDevices devices;
    /// The names of the classes by resource; empty for most pods.
    private final Map<String, String> classes;
    /// By what is left to a claim.
    private final Map<Map<String, String>, Claimed> claims = new HashMap<>();

    /// The claim that a pod would have on some nodes.
    record Claimed(ExtendedClaim extended, ClaimedRequests requests) {
    }

    private ExtendedDemand(PodInfo pod, ClaimedDevices devices) {
        this.pod = pod;
        this.devices = devices;
        this.classes = ExtendedResources.classes(pod.requests().others(), devices);
    }

    /// That of a pod. Costs nothing for one without extended resources.
    static ExtendedDemand of(PodInfo pod, ClaimedDevices devices) {
        return new ExtendedDemand(pod, devices);
    }

    /// Whether there is none.
    boolean nothing() {
        return classes.isEmpty();
    }

    /// What a node has to have itself.
    ///
    /// @param requested all that is looked at of what the pod requests
    ResourceAmounts wanted(ResourceAmounts requested, NodeState node) {
        return nothing() ? requested : requested.without(claimed(node)::containsKey);
    }

    /// Whether something is left to a claim on a node.
    boolean claims(NodeState node) {
        return !claimed(node).isEmpty();
    }

    private Map<String, String> claimed(NodeState node) {
        if (nothing()) {
            return classes;
        }
        Map<String, String> left = new TreeMap<>(classes);
        left.keySet().removeIf(resource -> node.allocatable().amount(resource) > 0);
        return left;
    }

    /// The claim that the pod would have on a node; null when it needs none there.
    ///
    /// @throws IllegalArgumentException for a class that has gone meanwhile
    @Nullable
    Claimed on(NodeState node) {
        Map<String, String> left = claimed(node);
        return left.isEmpty() ? null : claims.computeIfAbsent(left, this::claim);
    }

    private Claimed claim(Map<String, String> left) {
        ExtendedClaim claim = ExtendedClaim.of(pod.pod(), left);
        return new Claimed(claim, ClaimedRequests.of(claim.claim(), devices::deviceClass));
    }

    /// Claims of attempts that have failed; none of a pod that neither wants one nor was told of one.
    List<Obj> stale() {
        return nothing() && PodClaim.extended(pod.pod()).isEmpty() ? List.of()
                : devices.made(pod.uid()).stream().filter(c -> ExtendedClaim.madeFor(c, pod.pod())).toList();
    }
}
