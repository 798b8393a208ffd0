package io.k3j.schedulingqueue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The pods that wait for an event, found by the filters that rejected them, so that an event costs a look at those
/// which it may help. What has rejected a pod does not change while it is here. Guarded by the queue's lock.
final class UnschedulablePods {
    /// Stands for those that no filter has rejected, which any event may help.
    private static final Set<String> NO_FILTER = Set.of("");

    private final Set<QueuedPod> all = new HashSet<>();
    private final Map<String, Set<QueuedPod>> rejected = new HashMap<>();

    int size() {
        return all.size();
    }

    void add(QueuedPod pod) {
        all.add(pod);
        filters(pod).forEach(f -> rejected.computeIfAbsent(f, _ -> new HashSet<>()).add(pod));
    }

    /// @return whether it was here
    boolean remove(QueuedPod pod) {
        if (!all.remove(pod)) {
            return false;
        }
        for (String filter : filters(pod)) {
            Set<QueuedPod> pods = rejected.getOrDefault(filter, Set.of());
            if (pods.size() <= 1) {
                rejected.remove(filter);
            } else {
                pods.remove(pod);
            }
        }
        return true;
    }

    private static Set<String> filters(QueuedPod pod) {
        return pod.plugins.isEmpty() ? NO_FILTER : pod.plugins;
    }

    /// Takes out those that are to go, of all that one of some filters has rejected, or none; no filters stand for all.
    Set<QueuedPod> takeOut(Set<String> filters, Predicate<QueuedPod> goes) {
        Set<QueuedPod> going = new HashSet<>();
        if (filters.isEmpty()) {
            collect(all, goes, going);
        } else {
            NO_FILTER.forEach(f -> collect(rejected.getOrDefault(f, Set.of()), goes, going));
            filters.forEach(f -> collect(rejected.getOrDefault(f, Set.of()), goes, going));
        }
        going.forEach(this::remove);
        return going;
    }

    private static void collect(Set<QueuedPod> some, Predicate<QueuedPod> goes, Set<QueuedPod> going) {
        for (QueuedPod pod : some) {
            if (goes.test(pod)) {
                going.add(pod);
            }
        }
    }
}
