package io.k3j.scheduler;

import io.k3j.controllerkit.VolumeMatch;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.schedulercache.ClaimedVolumes;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.UnboundClaim;
import io.k3j.schedulercache.VolumeTopology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Filters by a pod's claims: bound volumes must be reachable; claims that wait for their first consumer must be
/// satisfiable on the node: <https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode>.
final class VolumeFilter implements Filter {
    static final String NAME = "VolumeBinding";
    static final String ZONE = "VolumeZone";
    private static final Rejection ELSEWHERE = Rejection.hard(NAME,
            "node(s) didn't match PersistentVolume's node affinity");
    private static final Rejection NO_VOLUME = Rejection.hard(NAME,
            "node(s) didn't find available persistent volumes to bind");

    private static final Rejection NO_ROOM = Rejection.hard(NAME, "node(s) did not have enough free storage");
    private static final Rejection OTHER_ZONE = Rejection.hard(ZONE,
            "node(s) had no available volume zone");

    private final List<VolumeTopology> bound = new ArrayList<>();
    private final List<UnboundClaim> waiting = new ArrayList<>();
    private final Map<String, List<Obj>> byClass = new HashMap<>();
    /// Why no node is feasible: what is wrong with a claim comes before one that is not bound, and that before a volume
    /// that is not there, as upstream finds them.
    private @Nullable Rejection wrong;
    private @Nullable Rejection unbound;
    private @Nullable Rejection gone;

    private VolumeFilter() {
    }

    /// Null when the pod has no claims.
    static @Nullable VolumeFilter of(PodInfo pod, ClaimedVolumes volumes) {
        VolumeFilter filter = new VolumeFilter();
        Set<String> claims = pod.claims();
        Set<String> own = claims.isEmpty() ? Set.of() : pod.ownClaims();
        claims.forEach(c -> filter.add(new Key(pod.namespace(), c), own.contains(c) ? pod : null, volumes));
        filter.waiting.sort(Comparator.comparing(UnboundClaim::size));
        return claims.isEmpty() ? null : filter;
    }

    /// Why no node is feasible, null when some may be.
    @Nullable
    Rejection rejectionForAll() {
        return wrong != null ? wrong : unbound != null ? unbound : gone;
    }

    /// Whether claims wait for a node to be selected.
    boolean hasWaitingClaims() {
        return !waiting.isEmpty();
    }

    /// The name of a claim that no node is selected for, though volumes are made for it; empty when there is none.
    Optional<String> unprepared() {
        return waiting.stream().filter(UnboundClaim::unprepared).map(late -> late.claim().name()).findFirst();
    }

    /// What is to be written for a node: for each waiting claim the volume that it takes, or itself with the node
    /// selected. Claims already prepared are left out; empty when the node is not feasible.
    List<Obj> plan(NodeState node) {
        Map<Obj, Optional<Obj>> plan = new LinkedHashMap<>();
        if (choose(node, plan) != null) {
            return List.of();
        }
        List<Obj> wanted = new ArrayList<>(plan.size());
        plan.forEach((claim, volume) -> wanted.add(volume.map(v -> UnboundClaim.binding(v, claim))
                .orElseGet(() -> UnboundClaim.selecting(claim, node.name()))));
        return wanted;
    }

    /// Why a node cannot have volumes for all waiting claims, null when it can.
    private @Nullable Rejection choose(NodeState node, Map<Obj, Optional<Obj>> plan) {
        Set<String> taken = new HashSet<>();
        for (UnboundClaim late : waiting) {
            if (late.meant().isPresent()) {
                continue;
            }
            UnboundClaim.Choice choice = late.on(node, taken);
            if (!choice.possible()) {
                return choice.full() ? NO_ROOM : NO_VOLUME;
            }
            choice.volume().ifPresent(v -> taken.add(v.name()));
            if (!late.nodeSelected()) {
                plan.put(late.claim(), choice.volume());
            }
        }
        return null;
    }

    private void add(Key key, @Nullable PodInfo owner, ClaimedVolumes volumes) {
        Optional<Obj> found = volumes.claim(key);
        if (found.isEmpty()) {
            refuse(owner == null
                    ? "persistentvolumeclaim \"" + key.name() + "\" not found"
                    : "waiting for ephemeral volume controller to create the persistentvolumeclaim \"" + key.name()
                            + "\"");
        } else if (found.get().status().text("phase").equals("Lost")) {
            refuse("persistentvolumeclaim \"" + key.name() + "\" bound to non-existent persistentvolume \""
                    + found.get().spec().text("volumeName") + "\"");
        } else if (found.get().terminating()) {
            refuse("persistentvolumeclaim \"" + key.name() + "\" is being deleted");
        } else if (owner != null && found.get().controller().filter(c -> c.text("uid").equals(owner.uid())).isEmpty()) {
            refuse("PVC " + key + " was not created for pod " + owner.key() + " (pod is not owner)");
        } else if (found.get().status().text("phase").equals("Bound")) {
            addBound(found.get(), volumes);
        } else {
            addUnbound(found.get(), volumes);
        }
    }

    /// The first claim that is wrong is told.
    private void refuse(String why) {
        wrong = wrong != null ? wrong : Rejection.hard(NAME, why);
    }

    private void addBound(Obj claim, ClaimedVolumes volumes) {
        String name = claim.spec().text("volumeName");
        Optional<Obj> volume = volumes.volume(name);
        if (volume.isEmpty()) {
            gone = gone != null ? gone : Rejection.hard(ZONE, "persistentvolume \"" + name + "\" not found");
            return;
        }
        bound.add(VolumeTopology.of(volume.get()));
    }

    private void addUnbound(Obj claim, ClaimedVolumes volumes) {
        String name = VolumeMatch.className(claim);
        Optional<Obj> late = volumes.storageClass(name)
                .filter(c -> c.tree().text("volumeBindingMode").equals("WaitForFirstConsumer"));
        if (late.isEmpty() || !claim.spec().text("volumeName").isEmpty()) {
            unbound = Rejection.hard(NAME, "pod has unbound immediate PersistentVolumeClaims");
            return;
        }
        UnboundClaim waits = UnboundClaim.of(claim, late.get(),
                byClass.computeIfAbsent(name, volumes::volumesOf), volumes.csi());
        waiting.add(waits);
        waits.meant().map(VolumeTopology::of).ifPresent(bound::add);
    }

    @Override
    public String plugin() {
        return NAME;
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        if (bound.stream().anyMatch(v -> !v.reaches(node))) {
            return ELSEWHERE;
        }
        @Nullable
        Rejection no = choose(node, new LinkedHashMap<>());
        if (no != null) {
            return no;
        }
        return bound.stream().allMatch(v -> v.zoneOf(node)) ? null : OTHER_ZONE;
    }
}
