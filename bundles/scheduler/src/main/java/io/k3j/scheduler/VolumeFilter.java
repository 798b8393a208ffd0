package io.k3j.scheduler;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a pod's claims let it go: to where bound volumes can be reached; claims that wait for their first
/// consumer go where the pod goes: <https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode>.
final class VolumeFilter implements Filter {
    static final String NAME = "VolumeBinding";
    private static final Rejection ELSEWHERE = Rejection.hard(NAME,
            "node(s) didn't match PersistentVolume's node affinity");
    private static final Rejection NO_VOLUME = Rejection.hard(NAME,
            "node(s) didn't find available persistent volumes to bind");

    private final List<Obj> bound = new ArrayList<>();
    private final List<LateClaim> waiting = new ArrayList<>();
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

    /// Whether claims wait for the pod to be given a node.
    boolean waits() {
        return !waiting.isEmpty();
    }

    /// What is to be written for the pod to go to a node: for each claim that waits the volume it takes, empty for one
    /// to be made. Claims for which it was written already are left out; empty when the node will not do.
    Map<Obj, Optional<Obj>> plan(NodeState node) {
        Map<Obj, Optional<Obj>> plan = new LinkedHashMap<>();
        return chosen(node, plan) ? plan : Map.of();
    }

    private boolean chosen(NodeState node, Map<Obj, Optional<Obj>> plan) {
        Set<String> taken = new HashSet<>();
        for (LateClaim late : waiting) {
            if (late.meant().isPresent()) {
                continue;
            }
            LateClaim.Choice choice = late.on(node, taken);
            if (!choice.possible()) {
                return false;
            }
            choice.volume().ifPresent(v -> taken.add(v.name()));
            if (!late.told()) {
                plan.put(late.claim(), choice.volume());
            }
        }
        return true;
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
        bound.add(volume.get());
    }

    private void addUnbound(Obj claim, Volumes volumes) {
        String name = claim.spec().text("storageClassName");
        Optional<Obj> late = volumes.storageClass(name)
                .filter(c -> c.tree().text("volumeBindingMode").equals("WaitForFirstConsumer"));
        if (late.isEmpty() || !claim.spec().text("volumeName").isEmpty()) {
            everywhere = Rejection.hard(NAME, "pod has unbound immediate PersistentVolumeClaims");
            return;
        }
        LateClaim waits = new LateClaim(claim, late.get(), volumes.volumesOf(name));
        waiting.add(waits);
        waiting.sort(Comparator.comparing(LateClaim::size));
        waits.meant().ifPresent(bound::add);
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        if (bound.stream().anyMatch(v -> !LateClaim.reaches(v, node))) {
            return ELSEWHERE;
        }
        return chosen(node, new LinkedHashMap<>()) ? null : NO_VOLUME;
    }
}
