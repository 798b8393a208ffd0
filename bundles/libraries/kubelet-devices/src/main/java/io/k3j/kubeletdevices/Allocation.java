package io.k3j.kubeletdevices;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The devices of one resource that one container has. A value.
///
/// @param byNode ids by NUMA node, as checkpoints have them; of a device near to several nodes its id is with each
/// @param response what its plug-in has answered; empty while it is asked, or where it has to be asked again
record Allocation(Map<Long, Set<String>> byNode, Optional<byte[]> response) {
    /// Devices that are kept for a container whose plug-in is yet to be asked.
    static Allocation reserved(Collection<String> ids, Map<String, Device> known) {
        Map<Long, Set<String>> byNode = new TreeMap<>();
        for (String id : ids) {
            Device device = known.get(id);
            List<Long> nodes = device == null || device.nodes().isEmpty() ? List.of(Device.NO_NODE) : device.nodes();
            nodes.forEach(node -> byNode.computeIfAbsent(node, n -> new TreeSet<>()).add(id));
        }
        return new Allocation(byNode, Optional.empty());
    }

    Allocation answered(byte[] answer) {
        return new Allocation(byNode, Optional.of(answer));
    }

    /// All ids, in order.
    Set<String> ids() {
        Set<String> all = new TreeSet<>();
        byNode.values().forEach(all::addAll);
        return all;
    }

    /// The NUMA nodes of a device; empty where it has none.
    List<Long> nodes(String id) {
        return byNode.entrySet().stream().filter(e -> e.getKey() >= 0 && e.getValue().contains(id))
                .map(Map.Entry::getKey).toList();
    }
}
