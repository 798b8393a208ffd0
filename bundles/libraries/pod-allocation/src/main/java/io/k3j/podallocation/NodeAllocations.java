package io.k3j.podallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.podstatus.PodStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What this node has for pods, and the requests allocated to its pods. For any thread. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>.
public final class NodeAllocations {
    /// Told first when several are short, in the scheduler's order.
    private static final List<String> FIRST = List.of(PodResources.CPU, PodResources.MEMORY, "ephemeral-storage");
    private static final String PODS = "pods";
    private final Map<String, Long> capacity;
    private final Map<String, Map<String, Long>> allocated = new HashMap<>();
    private final PendingResizes pending = new PendingResizes();

    /// @param milliCpu millicores for pods
    /// @param memory bytes for pods
    public NodeAllocations(long milliCpu, long memory) {
        capacity = Map.of(PodResources.CPU, milliCpu, PodResources.MEMORY, memory);
    }

    /// Allocates a pod's requests without a check: it runs already, or was admitted.
    public synchronized void allocate(Obj pod) {
        allocated.put(pod.uid(), requests(pod));
    }

    /// What a pod asks for of the node: what devices of a claim stand for is not the node's.
    private static Map<String, Long> requests(Obj pod) {
        Map<String, Long> requests = new LinkedHashMap<>(PodResources.requests(pod));
        requests.keySet().removeAll(PodClaim.extendedResources(pod));
        return requests;
    }

    /// What a pod that does not run yet asks for in vain, in upstream's words.
    /// @param allocatable of the Node; without an amount of CPU or memory in it the machine's own counts
    public synchronized Optional<PodStatus.Waiting> shortage(Obj pod, Struct allocatable) {
        long others = allocated.keySet().stream().filter(uid -> !uid.equals(pod.uid())).count();
        if (allocatable.has(PODS) && others + 1 > PodResources.amount(allocatable, PODS)) {
            return Optional.of(insufficient(PODS, 1, others, PodResources.amount(allocatable, PODS)));
        }
        Map<String, Long> requests = requests(pod);
        List<String> names = new ArrayList<>(FIRST);
        requests.keySet().stream().filter(n -> !FIRST.contains(n)).forEach(names::add);
        for (String name : names) {
            long asked = requests.getOrDefault(name, 0L);
            long most = most(allocatable, name);
            long used = used(allocated, pod.uid(), name);
            if (counted(allocatable, name) && asked > 0 && asked > most - used) {
                return Optional.of(insufficient(name, asked, used, most));
            }
        }
        return Optional.empty();
    }

    private long most(Struct allocatable, String name) {
        return allocatable.has(name) ? PodResources.amount(allocatable, name) : capacity.getOrDefault(name, 0L);
    }

    private boolean counted(Struct allocatable, String name) {
        return allocatable.has(name) || capacity.containsKey(name)
                || !allocatable.isEmpty() && !PodResources.extended(name);
    }

    /// How much there is too little of for a pod, by resource; `pods` among them.
    /// @param allocatable as [#shortage]
    public synchronized Map<String, Long> missing(Obj pod, Struct allocatable) {
        Map<String, Long> missing = new TreeMap<>();
        long others = allocated.keySet().stream().filter(uid -> !uid.equals(pod.uid())).count();
        if (allocatable.has(PODS) && others + 1 > PodResources.amount(allocatable, PODS)) {
            missing.put(PODS, others + 1 - PodResources.amount(allocatable, PODS));
        }
        requests(pod).forEach((name, asked) -> {
            long left = most(allocatable, name) - used(allocated, pod.uid(), name);
            if (counted(allocatable, name) && asked > 0 && asked > left) {
                missing.put(name, asked - left);
            }
        });
        return missing;
    }

    private static PodStatus.Waiting insufficient(String name, long asked, long used, long most) {
        return new PodStatus.Waiting("OutOf" + name, "Node didn't have enough resource: " + name + ", requested: "
                + asked + ", used: " + used + ", capacity: " + most);
    }

    /// What all pods but one have.
    private static long used(Map<String, Map<String, Long>> all, String uid, String name) {
        return all.entrySet().stream().filter(e -> !e.getKey().equals(uid))
                .mapToLong(e -> e.getValue().getOrDefault(name, 0L)).reduce(0, Quantity::sum);
    }

    /// Allocates changed requests of a pod, if there is room that no other pod waits for whose turn is before its.
    /// @return the refusal, as [#shortage] says it, when other pods use the room, or will, or the node is too small: it
    ///     waits until it is asked again and granted, or [#settle] is called
    public synchronized Optional<PodStatus.Waiting> tryResize(Obj pod) {
        Map<String, Long> now = requests(pod);
        PendingResizes.Pending wanted = pending.of(pod, now);
        Map<String, Map<String, Long>> taken = new HashMap<>(allocated);
        for (PendingResizes.Pending p : pending.before(wanted)) {
            if (refusal(taken, p.uid(), p.requests()).isEmpty()) {
                taken.merge(p.uid(), p.requests(), NodeAllocations::larger);
            }
        }
        Optional<PodStatus.Waiting> refusal = refusal(taken, pod.uid(), now);
        if (refusal.isEmpty()) {
            allocated.put(pod.uid(), now);
            pending.remove(pod.uid());
        } else {
            pending.add(wanted);
        }
        return refusal;
    }

    /// Who waits for more of one thing and will give of another holds both until it was asked again and granted.
    private static Map<String, Long> larger(Map<String, Long> has, Map<String, Long> asks) {
        Map<String, Long> most = new HashMap<>(has);
        asks.forEach((name, amount) -> most.merge(name, amount, Math::max));
        return most;
    }

    private Optional<PodStatus.Waiting> refusal(Map<String, Map<String, Long>> taken, String uid,
            Map<String, Long> now) {
        return tooMuch(taken, uid, now, PodResources.CPU).or(() -> tooMuch(taken, uid, now, PodResources.MEMORY));
    }

    private Optional<PodStatus.Waiting> tooMuch(Map<String, Map<String, Long>> taken, String uid,
            Map<String, Long> now, String what) {
        long asked = now.getOrDefault(what, 0L);
        long before = taken.getOrDefault(uid, Map.of()).getOrDefault(what, 0L);
        long most = capacity.getOrDefault(what, 0L);
        long used = used(taken, uid, what);
        return asked <= before || asked <= most - used ? Optional.empty()
                : Optional.of(insufficient(what, asked, used, most));
    }

    /// Forgets what a pod waits for: it has what it asks for, or will not run on.
    synchronized void settle(String uid) {
        pending.remove(uid);
    }

    /// Releases the allocation of a pod.
    public synchronized void free(String uid) {
        allocated.remove(uid);
        pending.remove(uid);
    }
}
