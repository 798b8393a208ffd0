package io.k3j.volumecontrollers;

import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node as the attach-detach controller looks at it. Pure.
///
/// @param name its name, which a node that has gone had
/// @param object empty when it has gone
record AttachNode(String name, Optional<Obj> object) {
    private static final String MANAGED = "volumes.kubernetes.io/controller-managed-attach-detach";
    private static final String KEEP_TERMINATED = "volumes.kubernetes.io/keep-terminated-pod-volumes";
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
    private static final String IN_USE = "volumesInUse";
    private static final String ATTACHED = "volumesAttached";

    /// Whether its kubelet attaches volumes itself, so that nothing is done for it here.
    boolean managesItself() {
        return object.filter(n -> !n.annotations().containsKey(MANAGED)).isPresent();
    }

    /// Whether volumes of pods that have ended stay attached.
    boolean keepsTerminated() {
        return object.filter(n -> "true".equals(n.annotations().get(KEEP_TERMINATED))).isPresent();
    }

    /// Whether it is there and ready.
    boolean healthy() {
        return object.filter(AttachNode::ready).isPresent();
    }

    /// Whether somebody has said that it is down and stays so: what it mounted is mounted no more.
    boolean outOfService() {
        return object.filter(n -> !n.spec().seq("taints").find("key", OUT_OF_SERVICE).isEmpty()).isPresent();
    }

    /// Whether its kubelet may have a volume mounted. Of a node that has gone nobody can say so.
    boolean uses(String uniqueName) {
        return object.isEmpty() || object.get().status().seq(IN_USE).contains(uniqueName);
    }

    /// The unique names it was told to be attached.
    List<String> reported() {
        return object.map(n -> n.status().seq(ATTACHED).structs().stream().map(v -> v.text("name")).toList())
                .orElse(List.of());
    }

    /// The volumes of drivers that it was told to be attached, or says that it uses.
    Stream<AttachableVolume> named() {
        return Stream.concat(reported().stream(),
                object.stream().flatMap(n -> n.status().seq(IN_USE).texts().stream()))
                .flatMap(name -> AttachableVolume.named(name).stream());
    }

    private static boolean ready(Obj node) {
        return Conditions.isTrue(node.status().seq("conditions"), "Ready");
    }

    /// Whether a change of a Node means anything here: most are heartbeats.
    static boolean matters(@Nullable Obj before, @Nullable Obj after) {
        if (before == null || after == null) {
            return true;
        }
        return ready(before) != ready(after) || !before.spec().seq("taints").equals(after.spec().seq("taints"))
                || !before.status().seq(IN_USE).equals(after.status().seq(IN_USE))
                || !before.status().seq(ATTACHED).equals(after.status().seq(ATTACHED))
                || !annotation(before, MANAGED).equals(annotation(after, MANAGED))
                || !annotation(before, KEEP_TERMINATED).equals(annotation(after, KEEP_TERMINATED));
    }

    private static String annotation(Obj node, String name) {
        return node.metadata().struct("annotations").text(name);
    }
}
