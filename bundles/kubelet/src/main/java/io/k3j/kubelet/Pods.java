package io.k3j.kubelet;

import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Questions about a pod's specification; pure.
final class Pods {
    private Pods() {
    }

    static List<Struct> containers(Obj pod) {
        return pod.spec().seq("containers").structs();
    }

    static List<Struct> initContainers(Obj pod) {
        return pod.spec().seq("initContainers").structs();
    }

    static List<Struct> ephemeralContainers(Obj pod) {
        return pod.spec().seq("ephemeralContainers").structs();
    }

    /// All containers, init containers first.
    static List<Struct> all(Obj pod) {
        List<Struct> all = new ArrayList<>(initContainers(pod));
        all.addAll(containers(pod));
        all.addAll(ephemeralContainers(pod));
        return all;
    }

    /// The container with a name, the empty struct when there is none.
    static Struct container(Obj pod, String name) {
        return all(pod).stream().filter(c -> c.text("name").equals(name)).findFirst().orElse(Struct.EMPTY);
    }

    /// Whether an init container is a sidecar: it runs as long as the pod.
    static boolean sidecar(Struct initContainer) {
        return initContainer.text("restartPolicy").equals("Always");
    }

    static String restartPolicy(Obj pod) {
        return pod.spec().text("restartPolicy", "Always");
    }

    static boolean hostNetwork(Obj pod) {
        return pod.spec().flag("hostNetwork");
    }

    /// Whether it is described by a file of this node.
    static boolean isStatic(Obj pod) {
        return pod.annotations().containsKey(Labels.CONFIG_SOURCE)
                && !pod.annotations().containsKey(Labels.CONFIG_MIRROR);
    }

    /// Whether it will never run again.
    static boolean finished(Obj pod) {
        String phase = pod.status().text("phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /// When its `activeDeadlineSeconds` are over, empty when they never are.
    static Optional<Instant> deadline(Obj pod) {
        long limit = pod.spec().whole("activeDeadlineSeconds", -1);
        return limit < 0 ? Optional.empty()
                : Times.parse(pod.status().text("startTime")).map(t -> t.plusSeconds(limit));
    }

    /// Seconds its containers have for ending.
    static long grace(Obj pod) {
        long spec = pod.spec().whole("terminationGracePeriodSeconds", 30);
        return pod.terminating() ? pod.metadata().whole("deletionGracePeriodSeconds", spec) : spec;
    }

    static String priorityClass(Obj pod) {
        return pod.spec().text("priorityClassName");
    }

    /// `name_namespace(uid)`, as upstream's messages have it.
    static String text(Obj pod) {
        return pod.name() + "_" + pod.namespace() + "(" + pod.uid() + ")";
    }
}
