package io.k3j.scheduler;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a pod's claims let it go: to where bound volumes can be reached; claims that wait for their first
/// consumer go where the pod goes: <https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode>.
final class VolumeFilter implements Filter {
    static final String NAME = "VolumeBinding";
    static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final Rejection ELSEWHERE = Rejection.hard(NAME,
            "node(s) didn't match PersistentVolume's node affinity");

    private final List<List<NodeTerm>> bound = new ArrayList<>();
    private final List<Obj> waiting = new ArrayList<>();
    private @Nullable Rejection everywhere;

    private VolumeFilter() {
    }

    /// Null when the pod has no claims.
    static @Nullable VolumeFilter of(PodInfo pod, Volumes volumes) {
        VolumeFilter filter = new VolumeFilter();
        boolean some = false;
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            String claim = volume.has("ephemeral")
                    ? pod.pod().name() + "-" + volume.text("name")
                    : volume.struct("persistentVolumeClaim").text("claimName");
            if (!claim.isEmpty()) {
                some = true;
                filter.add(new Key(pod.namespace(), claim), volumes);
            }
        }
        return some ? filter : null;
    }

    /// Why the pod can go nowhere, null when it can.
    @Nullable
    Rejection everywhere() {
        return everywhere;
    }

    /// The claims that wait to be told the node.
    List<Obj> waiting() {
        return waiting;
    }

    private void add(Key key, Volumes volumes) {
        Optional<Obj> found = volumes.claim(key);
        if (found.isEmpty()) {
            everywhere = Rejection.hard(NAME, "persistentvolumeclaim \"" + key.name() + "\" not found");
        } else if (found.get().terminating()) {
            everywhere = Rejection.hard(NAME, "persistentvolumeclaim \"" + key.name() + "\" is being deleted");
        } else if (found.get().status().text("phase").equals("Bound")) {
            addBound(found.get(), volumes);
        } else {
            addUnbound(found.get(), volumes);
        }
    }

    private void addBound(Obj claim, Volumes volumes) {
        String name = claim.spec().text("volumeName");
        Optional<Obj> volume = volumes.volume(name);
        if (volume.isEmpty()) {
            everywhere = Rejection.hard(NAME, "persistentvolume \"" + name + "\" not found");
            return;
        }
        Struct required = volume.get().spec().struct("nodeAffinity").struct("required");
        if (!required.isEmpty()) {
            bound.add(NodeTerm.of(required.seq("nodeSelectorTerms")));
        }
    }

    private void addUnbound(Obj claim, Volumes volumes) {
        boolean waits = volumes.storageClass(claim.spec().text("storageClassName"))
                .filter(c -> c.tree().text("volumeBindingMode").equals("WaitForFirstConsumer")).isPresent();
        if (waits && claim.spec().text("volumeName").isEmpty()) {
            waiting.add(claim);
        } else {
            everywhere = Rejection.hard(NAME, "pod has unbound immediate PersistentVolumeClaims");
        }
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        for (List<NodeTerm> terms : bound) {
            if (terms.stream().noneMatch(t -> t.matches(node.name(), node.labels()))) {
                return ELSEWHERE;
            }
        }
        for (Obj claim : waiting) {
            String selected = claim.annotations().getOrDefault(SELECTED_NODE, node.name());
            if (!selected.equals(node.name())) {
                return ELSEWHERE;
            }
        }
        return null;
    }
}
