package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import java.util.Map;
import java.util.TreeMap;

/// The labels and annotations sandboxes and containers carry: upstream's names, so that `crictl` and a stock
/// kubelet understand them.
///
/// They are all that survives of a pod in the runtime: by them the next kubelet adopts what runs. A name that is
/// changed here makes it lose what its predecessor started.
public final class Labels {
    /// The pod's name.
    public static final String POD_NAME = "io.kubernetes.pod.name";
    /// The pod's namespace.
    public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    /// The pod's uid. Everything of a pod is found by it: names are given again to other pods.
    public static final String POD_UID = "io.kubernetes.pod.uid";
    /// The container's name in the pod.
    public static final String CONTAINER = "io.kubernetes.container.name";
    /// [ContainerSpec#hash] of what a container was made from.
    static final String HASH = "io.kubernetes.container.hash";
    /// How many containers of that name there were before. It lets the count go on where the last kubelet stopped.
    static final String RESTARTS = "io.kubernetes.container.restartCount";
    /// How often all containers of the pod had been restarted together when it was made; absent for never. It is not
    /// upstream's, whose kubelet removes what ran before.
    static final String POD_RESTARTS = "io.k3j.pod.restartCount";
    /// Where in the container its termination message is.
    static final String MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
    /// `File` or `FallbackToLogsOnError`. It is read when the container has ended, be its pod gone by then or not.
    public static final String MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";
    /// Seconds the pod has for ending.
    static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";
    /// Where a pod comes from; `file` for a static one.
    public static final String CONFIG_SOURCE = "kubernetes.io/config.source";
    /// The hash of a static pod's file, which is its uid.
    public static final String CONFIG_HASH = "kubernetes.io/config.hash";
    /// On the mirror of a static pod: the uid of the pod it mirrors.
    public static final String CONFIG_MIRROR = "kubernetes.io/config.mirror";

    private Labels() {
    }

    /// What selects everything of one pod.
    /// @return a filter for [io.k3j.nodeapi.ContainerRuntime#sandboxes] and its `containers`
    public static Map<String, String> ofPod(String uid) {
        return Map.of(POD_UID, uid);
    }

    /// The labels of a pod's sandbox. The pod's own labels are among them; the identity wins over one of the same name.
    static Map<String, String> sandbox(Obj pod) {
        Map<String, String> all = new TreeMap<>(pod.labels());
        all.putAll(identity(pod));
        return all;
    }

    /// The labels of a pod's container. The pod's own labels are not among them, as upstream has it.
    static Map<String, String> container(Obj pod, String name) {
        Map<String, String> all = new TreeMap<>(identity(pod));
        all.put(CONTAINER, name);
        return all;
    }

    private static Map<String, String> identity(Obj pod) {
        return Map.of(POD_NAME, pod.name(), POD_NAMESPACE, pod.namespace(), POD_UID, pod.uid());
    }
}
