package io.k3j.kubelet;

import io.k3j.model.Obj;
import java.util.Map;
import java.util.TreeMap;

/// The labels and annotations sandboxes and containers carry: upstream's names, so that `crictl` and a stock
/// kubelet understand them.
final class Labels {
    static final String POD_NAME = "io.kubernetes.pod.name";
    static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    static final String POD_UID = "io.kubernetes.pod.uid";
    static final String CONTAINER = "io.kubernetes.container.name";
    static final String HASH = "io.kubernetes.container.hash";
    static final String RESTARTS = "io.kubernetes.container.restartCount";
    static final String MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath";
    static final String MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy";
    static final String GRACE = "io.kubernetes.pod.terminationGracePeriod";
    static final String CONFIG_SOURCE = "kubernetes.io/config.source";
    static final String CONFIG_HASH = "kubernetes.io/config.hash";
    static final String CONFIG_MIRROR = "kubernetes.io/config.mirror";

    private Labels() {
    }

    /// What selects everything of one pod.
    static Map<String, String> ofPod(String uid) {
        return Map.of(POD_UID, uid);
    }

    /// The labels of a pod's sandbox.
    static Map<String, String> sandbox(Obj pod) {
        Map<String, String> all = new TreeMap<>(pod.labels());
        all.putAll(identity(pod));
        return all;
    }

    /// The labels of a pod's container.
    static Map<String, String> container(Obj pod, String name) {
        Map<String, String> all = new TreeMap<>(identity(pod));
        all.put(CONTAINER, name);
        return all;
    }

    private static Map<String, String> identity(Obj pod) {
        return Map.of(POD_NAME, pod.name(), POD_NAMESPACE, pod.namespace(), POD_UID, pod.uid());
    }
}
