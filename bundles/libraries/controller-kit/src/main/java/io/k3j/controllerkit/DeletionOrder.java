package io.k3j.controllerkit;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Ranks pods for deletion when there are too many (upstream's `ActivePodsWithRanks`):
/// <https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset>. Pure; any thread.
public final class DeletionOrder {
    private DeletionOrder() {
    }

    /// Sorts pods, the first to be deleted first.
    ///
    /// @param related all active pods of the same rollout: pods on nodes with more of them are deleted earlier
    public static List<Obj> of(List<Obj> pods, List<Obj> related, Instant now) {
        Map<String, Integer> crowd = new HashMap<>();
        related.forEach(p -> crowd.merge(Pods.node(p), 1, Integer::sum));
        Comparator<Obj> order = Comparator.<Obj>comparingInt(p -> Pods.node(p).isEmpty() ? 0 : 1)
                .thenComparingInt(DeletionOrder::phase)
                .thenComparingInt(p -> Pods.ready(p) ? 1 : 0)
                .thenComparingLong(DeletionOrder::cost)
                .thenComparingInt(p -> -crowd.getOrDefault(Pods.node(p), 0))
                .thenComparingInt(p -> Pods.ready(p) ? magnitude(Pods.readyFor(p, now)) : 0)
                .thenComparingLong(p -> -mostRestarts(p, "containerStatuses"))
                .thenComparingLong(p -> -mostRestarts(p, "initContainerStatuses"))
                .thenComparingInt(p -> magnitude(Times.since(p.metadata().text("creationTimestamp"), now)))
                .thenComparing(Obj::uid);
        return pods.stream().sorted(order).toList();
    }

    /// Of one container; of init containers those that go on beside the others.
    private static long mostRestarts(Obj pod, String list) {
        Seq begun = pod.spec().seq("initContainers");
        return pod.status().seq(list).structs().stream()
                .filter(c -> list.equals("containerStatuses")
                        || begun.find("name", c.text("name")).text("restartPolicy").equals("Always"))
                .mapToLong(c -> c.whole("restartCount", 0)).max().orElse(0);
    }

    private static int phase(Obj pod) {
        return switch (Pods.phase(pod)) {
            case "Pending" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }

    private static long cost(Obj pod) {
        try {
            return Long.parseLong(pod.annotations().getOrDefault("controller.kubernetes.io/pod-deletion-cost", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// The logarithm of an age: pods of similar age rank equally, as upstream does.
    private static int magnitude(Duration age) {
        return 64 - Long.numberOfLeadingZeros(Math.max(0, age.toSeconds()));
    }
}
