package io.k3j.schedulercache;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.VolumeMatch;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// A claim that waits for its first consumer: it gets an existing volume that is reachable from the node, else a
/// volume is provisioned for the node. See
/// <https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode>. Pure.
///
/// @param claim the claim
/// @param type its storage class
/// @param size what it asks for
/// @param meant the volume that already refers to the claim, though the claim does not name it yet
/// @param candidates the volumes it may get, the one to take first first
/// @param storage where a new volume has room
public record UnboundClaim(Obj claim, Obj type, Quantity size, Optional<Obj> meant, List<VolumeTopology> candidates,
        DriverStorage storage) {
    /// The annotation that says for which node a volume is to be provisioned.
    public static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final String NONE = "kubernetes.io/no-provisioner";

    /// The result for one node.
    ///
    /// @param possible whether the claim can get a volume there
    /// @param full whether it cannot for want of room alone
    /// @param volume the existing volume, empty when one is to be provisioned
    public record Choice(boolean possible, boolean full, Optional<Obj> volume) {
        static final Choice IMPOSSIBLE = new Choice(false, false, Optional.empty());
        static final Choice FULL = new Choice(false, true, Optional.empty());
        static final Choice NEW = new Choice(true, false, Optional.empty());
    }

    /// Of a claim that names no volume.
    ///
    /// @param type its storage class
    /// @param volumes the volumes of the class
    public static UnboundClaim of(Obj claim, Obj type, List<Obj> volumes, CsiObjects csi) {
        Quantity size = Quantity.of(claim.spec().struct("resources").struct("requests").get("storage"));
        return new UnboundClaim(claim, type, size,
                VolumeMatch.reserved(claim, volumes),
                VolumeMatch.candidates(claim, volumes).stream().map(VolumeTopology::of).toList(),
                DriverStorage.of(type, size, csi));
    }

    /// A claim for which a volume is to be provisioned for a node.
    public static Obj selecting(Obj claim, String node) {
        return claim.with(node, "metadata", "annotations", SELECTED_NODE);
    }

    /// A volume that refers to a claim.
    public static Obj binding(Obj volume, Obj claim) {
        return volume.with(Events.reference(claim), "spec", "claimRef").with("yes", "metadata", "annotations",
                "pv.kubernetes.io/bound-by-controller");
    }

    /// Whether a node was already selected, for which a volume is being provisioned.
    public boolean nodeSelected() {
        return claim.annotations().containsKey(SELECTED_NODE);
    }

    /// Whether a volume can be made for it, no node is selected for that, and no volume is meant for it.
    public boolean unprepared() {
        return dynamic() && !nodeSelected() && meant.isEmpty();
    }

    /// The choice for a node when the given volumes are taken. A volume that is being made is counted in what drivers
    /// tell of their room already.
    public Choice on(NodeState node, Set<String> taken) {
        if (nodeSelected()) {
            boolean here = Objects.requireNonNull(claim.annotations().get(SELECTED_NODE)).equals(node.name());
            return here ? Choice.NEW : Choice.IMPOSSIBLE;
        }
        Optional<Obj> best = candidates.stream().filter(v -> !taken.contains(v.volume().name()) && v.reaches(node))
                .map(VolumeTopology::volume).findFirst();
        if (best.isPresent()) {
            return new Choice(true, false, best);
        }
        if (!provisioned(node)) {
            return Choice.IMPOSSIBLE;
        }
        return storage.roomFor(node) ? Choice.NEW : Choice.FULL;
    }

    private boolean dynamic() {
        String provisioner = type.tree().text("provisioner");
        return !provisioner.isEmpty() && !provisioner.equals(NONE);
    }

    private boolean provisioned(NodeState node) {
        Seq allowed = type.tree().seq("allowedTopologies");
        return dynamic() && (allowed.isEmpty() || allowed.structs().stream().anyMatch(t -> within(t, node)));
    }

    private static boolean within(Struct term, NodeState node) {
        return term.seq("matchLabelExpressions").structs().stream()
                .allMatch(e -> e.seq("values").texts().contains(node.labels().getOrDefault(e.text("key"), "")));
    }
}
