package io.k3j.schedulercache;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where a volume can be used: on the nodes its node affinity selects, of the zones and regions it is labelled with,
/// as upstream's `VolumeBinding` and `VolumeZone`. Read once from its object. Immutable.
///
/// @param volume the volume
/// @param limited whether it has a node affinity
/// @param terms of which one must match then
/// @param zones the values of each label of a zone or region
public record VolumeTopology(Obj volume, boolean limited, List<NodeSelectorTerm> terms,
        Map<String, Set<String>> zones) {
    /// Labels of zones and regions, each with the name it has now.
    private static final Map<String, String> LABELS = Map.of("topology.kubernetes.io/zone",
            "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region");
    /// Between the zones of a volume that is in several.
    private static final String BETWEEN = "__";

    /// Of one volume.
    public static VolumeTopology of(Obj volume) {
        Struct required = volume.spec().struct("nodeAffinity").struct("required");
        return new VolumeTopology(volume, !required.isEmpty(), NodeSelectorTerm.of(required.seq("nodeSelectorTerms")),
                zones(volume.labels()));
    }

    private static Map<String, Set<String>> zones(Map<String, String> labels) {
        Map<String, Set<String>> all = new TreeMap<>();
        for (String key : LABELS.keySet()) {
            String value = labels.get(key);
            if (value != null) {
                Set<String> values = new TreeSet<>();
                int at = 0;
                for (int next = value.indexOf(BETWEEN); next >= 0; next = value.indexOf(BETWEEN, at)) {
                    values.add(value.substring(at, next));
                    at = next + BETWEEN.length();
                }
                values.add(value.substring(at));
                all.put(key, values);
            }
        }
        return all;
    }

    /// Whether a node is in one of the volume's zones, and of its regions. A node that has no such label is in all.
    public boolean zoneOf(NodeState node) {
        Map<String, String> labels = node.labels();
        if (zones.isEmpty() || LABELS.keySet().stream().noneMatch(labels::containsKey)) {
            return true;
        }
        return zones.entrySet().stream().allMatch(z -> {
            String now = LABELS.getOrDefault(z.getKey(), "");
            return z.getValue().contains(labels.getOrDefault(z.getKey(), labels.getOrDefault(now, "")));
        });
    }

    /// Whether the volume can be reached from a node.
    public boolean reaches(NodeState node) {
        return !limited || NodeSelectorTerm.anyMatches(terms, node.name(), node.labels());
    }
}
