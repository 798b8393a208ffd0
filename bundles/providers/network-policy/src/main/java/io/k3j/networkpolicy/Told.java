package io.k3j.networkpolicy;

import io.k3j.model.Obj;
import java.util.List;

/// What the kubelet said of a pod that is about to start: it knows the addresses first.
///
/// @param revision of the pod; 0 for a static one
/// @param since orders it among pods that claim one address
record Told(String uid, long revision, List<String> addresses, String since) {
    private static final String MIRROR = "kubernetes.io/config.mirror";

    /// Whether it was said of this pod; of a static one the API has a mirror, with a uid of its own.
    boolean isAbout(Obj pod) {
        return uid.equals(pod.uid()) || uid.equals(pod.annotations().get(MIRROR));
    }

    /// Whether another pod of the name was there before: the kubelet may know of that one's end first.
    boolean isAfter(Obj pod) {
        return revision == 0 ? pod.annotations().containsKey(MIRROR) : pod.revision() < revision;
    }
}
