package io.k3j.kubeleteviction;

import io.k3j.model.Obj;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/// The order in which pods are evicted:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/> (pod selection).
/// Pure.
///
/// @param signal what is short
/// @param use of pods
/// @param seen the summary
/// @param request of a pod, of the signal's resource
record PodRanking(EvictionSignal signal, PodUse use, Observations seen, ToLongFunction<Obj> request) {
    /// First those of which nothing is known; then those that use more than they request, those of low priority, those
    /// that use most beyond their request.
    List<Obj> of(List<Obj> pods) {
        Comparator<Obj> priority = Comparator.comparingLong(p -> p.spec().whole("priority", 0));
        Comparator<Obj> most = Comparator.comparingLong(this::beyond).reversed();
        Comparator<Obj> order = signal == EvictionSignal.PIDS
                ? priority.thenComparing(this::unknown, Comparator.reverseOrder()).thenComparing(most)
                : Comparator.comparing(this::unknown, Comparator.<Boolean>reverseOrder())
                        .thenComparing(p -> beyond(p) > 0, Comparator.reverseOrder()).thenComparing(priority)
                        .thenComparing(most);
        return pods.stream().sorted(order).toList();
    }

    private boolean unknown(Obj pod) {
        return seen.pod(pod.uid()).isEmpty();
    }

    private long beyond(Obj pod) {
        return seen.pod(pod.uid()).map(stats -> use.of(signal, pod, stats)).orElse(0L)
                - (signal == EvictionSignal.PIDS ? 0 : request.applyAsLong(pod));
    }
}
