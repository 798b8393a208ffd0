package io.k3j.scheduler;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// Where a volume can be used: on the nodes its node affinity selects. Read once from its object. Immutable.
///
/// @param volume the volume
/// @param limited whether it has a node affinity
/// @param terms of which one must match then
record VolumePlace(Obj volume, boolean limited, List<NodeSelectorTerm> terms) {
    static VolumePlace of(Obj volume) {
        Struct required = volume.spec().struct("nodeAffinity").struct("required");
        return new VolumePlace(volume, !required.isEmpty(), NodeSelectorTerm.of(required.seq("nodeSelectorTerms")));
    }

    /// Whether the volume can be reached from a node.
    boolean reaches(NodeState node) {
        return !limited || NodeSelectorTerm.anyMatches(terms, node.name(), node.labels());
    }
}
