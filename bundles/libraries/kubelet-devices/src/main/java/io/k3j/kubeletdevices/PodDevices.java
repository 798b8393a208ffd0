package io.k3j.kubeletdevices;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which container has which devices. Any thread; nothing blocks. Its lock is held by whoever chooses devices, so that
/// nobody else is given them.
final class PodDevices {
    private final Map<Place, Allocation> all = new TreeMap<>();

    /// A container's share of a resource.
    record Place(String pod, String container, String resource) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byPod = pod.compareTo(other.pod);
            int byContainer = byPod != 0 ? byPod : container.compareTo(other.container);
            return byContainer != 0 ? byContainer : resource.compareTo(other.resource);
        }
    }

    synchronized void put(Place place, Allocation allocation) {
        all.put(place, allocation);
    }

    /// Replaces what is kept for a container; nothing when it was taken away meanwhile.
    synchronized boolean replace(Place place, Allocation allocation) {
        return all.replace(place, allocation) != null;
    }

    synchronized void remove(Place place) {
        all.remove(place);
    }

    /// Takes away what a pod has; says whether it had anything.
    synchronized boolean free(String pod) {
        return all.keySet().removeIf(place -> place.pod().equals(pod));
    }

    synchronized Optional<Allocation> find(Place place) {
        return Optional.ofNullable(all.get(place));
    }

    /// What a container has, by resource.
    synchronized Map<String, Allocation> of(String pod, String container) {
        Map<String, Allocation> found = new TreeMap<>();
        all.forEach((place, allocation) -> {
            if (place.pod().equals(pod) && place.container().equals(container)) {
                found.put(place.resource(), allocation);
            }
        });
        return found;
    }

    /// The uids of pods that have devices.
    synchronized Set<String> pods() {
        Set<String> pods = new TreeSet<>();
        all.keySet().forEach(place -> pods.add(place.pod()));
        return pods;
    }

    /// The ids that anybody has, by resource.
    synchronized Map<String, Set<String>> taken() {
        Map<String, Set<String>> taken = new TreeMap<>();
        all.forEach((place, allocation) -> taken.computeIfAbsent(place.resource(), r -> new TreeSet<>())
                .addAll(allocation.ids()));
        return taken;
    }

    synchronized Map<Place, Allocation> copy() {
        return new TreeMap<>(all);
    }
}
