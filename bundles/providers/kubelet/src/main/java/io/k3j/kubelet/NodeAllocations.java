package io.k3j.kubelet;

import io.k3j.cgroups.ContainerResources;
import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// CPU and memory of this node, and the requests allocated to its pods. For any thread. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
final class NodeAllocations {
    private final Amount capacity;
    private final Map<String, Amount> allocated = new HashMap<>();

    /// Millicores and bytes.
    private record Amount(long milliCpu, long memory) {
        static Amount of(Obj pod) {
            return new Amount(ContainerResources.total(pod, "requests", ContainerResources::milliCpu),
                    ContainerResources.total(pod, "requests", ContainerResources::memory));
        }
    }

    /// @param milliCpu millicores for pods
    /// @param memory bytes for pods
    NodeAllocations(long milliCpu, long memory) {
        capacity = new Amount(milliCpu, memory);
    }

    /// Allocates a pod's requests without a check: the scheduler has checked that they fit.
    synchronized void allocate(Obj pod) {
        allocated.put(pod.uid(), Amount.of(pod));
    }

    /// Allocates changed requests of a pod, if there is room.
    /// @return the refusal: `Infeasible` when the node is too small, `Deferred` when other pods use the room
    synchronized Optional<PodStatus.Waiting> tryResize(Obj pod) {
        Amount now = Amount.of(pod);
        Amount before = allocated.getOrDefault(pod.uid(), new Amount(0, 0));
        Optional<PodStatus.Waiting> refusal = shortage("cpu", now, before, Amount::milliCpu)
                .or(() -> shortage("memory", now, before, Amount::memory));
        if (refusal.isEmpty()) {
            allocated.put(pod.uid(), now);
        }
        return refusal;
    }

    private Optional<PodStatus.Waiting> shortage(String what, Amount now, Amount before,
            ToLongFunction<Amount> amount) {
        long asked = amount.applyAsLong(now);
        long most = amount.applyAsLong(capacity);
        long used = allocated.values().stream().mapToLong(amount).sum() - amount.applyAsLong(before);
        if (asked <= amount.applyAsLong(before) || used + asked <= most) {
            return Optional.empty();
        }
        return Optional.of(asked > most
                ? new PodStatus.Waiting("Infeasible", "Node didn't have enough capacity: " + what + ", requested: "
                        + asked + ", capacity: " + most)
                : new PodStatus.Waiting("Deferred", "Node didn't have enough resource: " + what + ", requested: "
                        + asked + ", used: " + used + ", capacity: " + most));
    }

    /// Releases the allocation of a pod.
    synchronized void free(String uid) {
        allocated.remove(uid);
    }
}
