package io.k3j.componenthelpers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What a node says in `status.declaredFeatures` that it is able to do, and what a pod needs of it, so that servers may
/// be newer than nodes: upstream's `nodedeclaredfeatures`
/// (<https://kubernetes.io/docs/concepts/scheduling-eviction/node-declared-features/>). Pure.
public final class DeclaredFeatures {
    /// Other resources of a pod as a whole while it runs.
    public static final String POD_RESIZE = "InPlacePodLevelResourcesVerticalScaling";
    /// Other resources of init containers that end before the others begin.
    public static final String INIT_RESIZE = "InPlacePodVerticalScalingInitContainers";
    /// All containers of a pod begin anew when one of them ends.
    public static final String RESTART_ALL = "RestartAllContainersOnContainerExits";
    /// Those of K3j's kubelet, sorted as a kubelet's are.
    public static final Seq OURS = Seq.of(POD_RESIZE, INIT_RESIZE, RESTART_ALL);

    private DeclaredFeatures() {
    }

    /// What a node needs to be able to do for a pod to run there at all.
    public static Set<String> forScheduling(Struct podSpec) {
        return restartsAll(podSpec.seq("containers")) || restartsAll(podSpec.seq("initContainers"))
                ? Set.of(RESTART_ALL) : Set.of();
    }

    /// What the node of a running pod needs to be able to do for a change of the pod's `spec`.
    public static List<String> forUpdate(Struct before, Struct after) {
        List<String> needed = new ArrayList<>();
        if (!Objects.equals(before.get("resources"), after.get("resources"))) {
            needed.add(POD_RESIZE);
        }
        if (!initial(before).equals(initial(after))) {
            needed.add(INIT_RESIZE);
        }
        return needed;
    }

    /// The resources of init containers, but of sidecars.
    private static List<Struct> initial(Struct spec) {
        return spec.seq("initContainers").structs().stream().filter(c -> !c.text("restartPolicy").equals("Always"))
                .map(c -> c.struct("resources")).toList();
    }

    private static boolean restartsAll(Seq containers) {
        for (Struct container : containers.structs()) {
            for (Struct rule : container.seq("restartPolicyRules").structs()) {
                if (rule.text("action").equals("RestartAllContainers")) {
                    return true;
                }
            }
        }
        return false;
    }
}
