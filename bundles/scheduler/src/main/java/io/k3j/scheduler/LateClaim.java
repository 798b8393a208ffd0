package io.k3j.scheduler;

import io.k3j.controllerkit.VolumeMatch;
import io.k3j.model.Obj;
import io.k3j.model.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A claim that waits for its first consumer: it gets a volume that is there and can be reached from the node, else one
/// that is made for the node. See <https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode>.
/// Pure.
///
/// @param claim the claim
/// @param type its storage class
/// @param volumes those of its class
record LateClaim(Obj claim, Obj type, List<Obj> volumes) {
    static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final String NONE = "kubernetes.io/no-provisioner";

    /// How the claim fares on a node.
    ///
    /// @param possible whether it can have a volume there
    /// @param volume the one to take, empty when one is to be made
    record Choice(boolean possible, Optional<Obj> volume) {
        static final Choice IMPOSSIBLE = new Choice(false, Optional.empty());
    }

    /// The volume that is the claim's already, though the claim does not show it yet.
    Optional<Obj> meant() {
        return volumes.stream().filter(v -> VolumeMatch.meant(v, claim)).findFirst();
    }

    /// Whether it was told a node already, for which a volume is being made.
    boolean told() {
        return claim.annotations().containsKey(SELECTED_NODE);
    }

    Quantity size() {
        return Quantity.of(claim.spec().struct("resources").struct("requests").get("storage"));
    }

    /// What it would get on a node when volumes of these names are taken.
    Choice on(NodeState node, Set<String> taken) {
        if (told()) {
            boolean here = claim.annotations().get(SELECTED_NODE).equals(node.name());
            return new Choice(here, Optional.empty());
        }
        List<Obj> reachable = volumes.stream().filter(v -> !taken.contains(v.name()) && reaches(v, node)).toList();
        Optional<Obj> best = VolumeMatch.best(claim, reachable);
        return best.isPresent() || provisioned(node) ? new Choice(true, best) : Choice.IMPOSSIBLE;
    }

    /// Whether a volume can be reached from a node.
    static boolean reaches(Obj volume, NodeState node) {
        Struct required = volume.spec().struct("nodeAffinity").struct("required");
        return required.isEmpty() || NodeTerm.of(required.seq("nodeSelectorTerms")).stream()
                .anyMatch(t -> t.matches(node.name(), node.labels()));
    }

    private boolean provisioned(NodeState node) {
        String provisioner = type.tree().text("provisioner");
        Seq allowed = type.tree().seq("allowedTopologies");
        return !provisioner.isEmpty() && !provisioner.equals(NONE)
                && (allowed.isEmpty() || allowed.structs().stream().anyMatch(t -> within(t, node)));
    }

    private static boolean within(Struct term, NodeState node) {
        return term.seq("matchLabelExpressions").structs().stream()
                .allMatch(e -> e.seq("values").texts().contains(node.labels().getOrDefault(e.text("key"), "")));
    }
}
