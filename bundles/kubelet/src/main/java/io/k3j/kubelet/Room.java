package io.k3j.kubelet;

import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What this node has of processors and memory, and what of it was given to its pods, counted by their requests. Any
/// thread. See <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
final class Room {
    private final Amount all;
    private final Map<String, Amount> given = new HashMap<>();

    /// Thousandths of a core and bytes.
    private record Amount(long milliCpu, long memory) {
        static Amount of(Obj pod) {
            return new Amount(Amounts.total(pod, "requests", Amounts::milliCpu),
                    Amounts.total(pod, "requests", Amounts::memory));
        }
    }

    /// @param milliCpu thousandths of a core for pods
    /// @param memory bytes for pods
    Room(long milliCpu, long memory) {
        all = new Amount(milliCpu, memory);
    }

    /// Gives a pod what it asks for, however much is left: that it fits was the scheduler's to see to.
    synchronized void give(Obj pod) {
        given.put(pod.uid(), Amount.of(pod));
    }

    /// Gives a pod that has been given something before what it asks for now, if there is room.
    /// @return why it was not given: `Infeasible` when there never will be room, `Deferred` when others have it
    synchronized Optional<PodStatus.Waiting> ask(Obj pod) {
        Amount now = Amount.of(pod);
        Amount before = given.getOrDefault(pod.uid(), new Amount(0, 0));
        Optional<PodStatus.Waiting> refusal = lack("cpu", now, before, Amount::milliCpu)
                .or(() -> lack("memory", now, before, Amount::memory));
        if (refusal.isEmpty()) {
            given.put(pod.uid(), now);
        }
        return refusal;
    }

    private Optional<PodStatus.Waiting> lack(String what, Amount now, Amount before, ToLongFunction<Amount> amount) {
        long asked = amount.applyAsLong(now);
        long most = amount.applyAsLong(all);
        long used = given.values().stream().mapToLong(amount).sum() - amount.applyAsLong(before);
        if (asked <= amount.applyAsLong(before) || used + asked <= most) {
            return Optional.empty();
        }
        return Optional.of(asked > most
                ? new PodStatus.Waiting("Infeasible", "Node didn't have enough capacity: " + what + ", requested: "
                        + asked + ", capacity: " + most)
                : new PodStatus.Waiting("Deferred", "Node didn't have enough resource: " + what + ", requested: "
                        + asked + ", used: " + used + ", capacity: " + most));
    }

    /// A pod needs nothing any more.
    synchronized void free(String uid) {
        given.remove(uid);
    }
}
