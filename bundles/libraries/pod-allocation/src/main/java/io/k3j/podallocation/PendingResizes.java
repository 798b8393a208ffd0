package io.k3j.podallocation;

import io.k3j.cgroups.ContainerResources;
import io.k3j.model.Obj;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Resizes that wait for room, in the order in which they get it: the higher priority first, then the better QoS class,
/// then who has waited longest. Guarded by its [NodeAllocations].
final class PendingResizes {
    private static final List<String> CLASSES = List.of("Guaranteed", "Burstable", "BestEffort");
    private static final Comparator<Pending> ORDER = Comparator.comparingLong((Pending p) -> -p.priority())
            .thenComparingInt(Pending::quality).thenComparing(Pending::since).thenComparingLong(Pending::number);
    /// Sorts behind every time.
    private static final String NOT_TOLD_YET = "~";
    private final Map<String, Pending> all = new HashMap<>();
    private long last;

    /// A resize that waits.
    ///
    /// @param quality of the pod's class, 0 for the best
    /// @param since when the API was told that it waits, which the next kubelet goes on with
    /// @param number the smaller the longer, as far as times are the same
    /// @param requests that are asked for
    record Pending(String uid, long priority, int quality, String since, long number, Map<String, Long> requests) {
    }

    /// What a pod asks for, with its turn when it waits already. It does not wait by that.
    Pending of(Obj pod, Map<String, Long> requests) {
        Pending before = all.get(pod.uid());
        String quality = pod.status().text("qosClass", ContainerResources.qosClass(pod));
        return new Pending(pod.uid(), pod.spec().whole("priority", 0), CLASSES.indexOf(quality), since(pod),
                before == null ? ++last : before.number(), requests);
    }

    private static String since(Obj pod) {
        return pod.status().seq("conditions").find("type", "PodResizePending").text("lastTransitionTime",
                NOT_TOLD_YET);
    }

    /// Those whose turn is before one's, the first first.
    List<Pending> before(Pending one) {
        return all.values().stream().filter(p -> !p.uid().equals(one.uid()) && ORDER.compare(p, one) < 0).sorted(ORDER)
                .toList();
    }

    void add(Pending one) {
        all.put(one.uid(), one);
    }

    void remove(String uid) {
        all.remove(uid);
    }
}
