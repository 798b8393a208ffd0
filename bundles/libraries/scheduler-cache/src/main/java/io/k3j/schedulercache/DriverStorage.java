package io.k3j.schedulercache;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where a CSI driver has room for a new volume, as its CSIStorageCapacities tell:
/// <https://kubernetes.io/docs/concepts/storage/storage-capacity/>. Not changed once it is made.
///
/// @param tracked whether the driver tells; without that there is room everywhere
/// @param labels the values of a label that nodes with room have, by label: how drivers tell of each node or zone, of
///     which there are many
/// @param others the nodes with room that are told in other ways
public record DriverStorage(boolean tracked, Map<String, Set<String>> labels, List<Selector> others) {
    private static final String TOPOLOGY = "nodeTopology";
    private static final String LARGEST = "maximumVolumeSize";

    /// What the driver of a class tells.
    ///
    /// @param type a storage class
    /// @param size of the new volume
    public static DriverStorage of(Obj type, Quantity size, CsiObjects csi) {
        boolean tracked = csi.driver(type.tree().text("provisioner")).filter(d -> d.spec().flag("storageCapacity"))
                .isPresent();
        DriverStorage storage = new DriverStorage(tracked, new HashMap<>(), new ArrayList<>());
        if (tracked) {
            csi.capacities(type.name()).stream().map(Obj::tree)
                    .filter(c -> c.has(TOPOLOGY) && limit(c).compareTo(size) >= 0)
                    .forEach(c -> storage.add(Selector.of(c.struct(TOPOLOGY))));
        }
        return storage;
    }

    private void add(Selector place) {
        List<Selector.Requirement> all = place.requirements();
        if (all.size() == 1 && all.getFirst().operator() == Selector.Operator.IN) {
            labels.computeIfAbsent(all.getFirst().key(), k -> new HashSet<>()).addAll(all.getFirst().values());
        } else {
            others.add(place);
        }
    }

    /// How large a volume may be; zero where nothing is told. The size of one volume is more precise than what is left
    /// in all.
    public static Quantity limit(Struct capacity) {
        return Quantity.of(capacity.get(capacity.has(LARGEST) ? LARGEST : "capacity"));
    }

    /// Whether a node reaches storage that is large enough.
    public boolean roomFor(NodeState node) {
        return !tracked || labels.entrySet().stream()
                .anyMatch(l -> node.labels().containsKey(l.getKey())
                        && l.getValue().contains(node.labels().getOrDefault(l.getKey(), "")))
                || others.stream().anyMatch(p -> p.matches(node.labels()));
    }
}
